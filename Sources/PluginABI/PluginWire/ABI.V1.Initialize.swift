extension ABI.V1 {
    /// `initialize`, the first request: the host says what it speaks and where the plugin lives.
    public struct Initialize: Codable, Sendable, Equatable {
        public static let method = "initialize"

        public var `protocol`: VersionRange
        public var interface: VersionRange
        /// Name and version of the host program, for logs.
        public var host: Program
        /// The directory that holds the plugin's `plugin.json`, absolute.
        public var pluginDirectory: String

        public init(
            protocol: VersionRange,
            interface: VersionRange,
            host: Program,
            pluginDirectory: String
        ) {
            self.protocol = `protocol`
            self.interface = interface
            self.host = host
            self.pluginDirectory = pluginDirectory
        }
    }

    /// The answer to `initialize`: the versions that both will use, the highest that both speak.
    public struct Initialized: Codable, Sendable, Equatable {
        public var `protocol`: Int
        public var interface: Int
        public var plugin: Program

        public init(protocol: Int, interface: Int, plugin: Program) {
            self.protocol = `protocol`
            self.interface = interface
            self.plugin = plugin
        }
    }

    public struct Program: Codable, Sendable, Equatable {
        public var name: String
        public var version: String

        public init(name: String, version: String) {
            self.name = name
            self.version = version
        }
    }

    /// `cancel`, a notification to the plugin: stop the request with this id and answer it with error 2.
    public struct Cancel: Codable, Sendable, Equatable {
        public static let method = "cancel"
        public var id: Message.ID
        public init(id: Message.ID) { self.id = id }
    }

    /// `shutdown`, a notification to the plugin: exit with status 0.
    ///
    /// End of input means the same.
    public enum Shutdown {
        public static let method = "shutdown"
    }

    /// The parameters or the result of a message that has none.
    public struct Empty: Codable, Sendable, Equatable {
        public init() {}
    }
}
