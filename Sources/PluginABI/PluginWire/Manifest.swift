public import JSON

/// A plugin's `plugin.json`: all that the host knows of a plugin before it starts it.
public struct Manifest: Codable, Sendable, Equatable {
    /// Version of the manifest's own shape; 1.
    public var manifest: Int
    /// The name by which people call the plugin: lower case letters, digits and dashes.
    public var name: String
    public var version: String
    /// One line for `mkosi plugin list`.
    public var summary: String
    public var `protocol`: VersionRange
    public var interface: VersionRange
    /// Nil: the plugin only describes what it provides; it has no code yet.
    public var start: Start?
    public var provides: ABI.V1.Description
    /// Settings that the plugin adds to the configuration.
    public var settings: [Setting]?
    public var license: String?
    public var homepage: String?

    public init(
        manifest: Int = 1,
        name: String,
        version: String,
        summary: String,
        protocol: VersionRange = ABI.protocolVersions,
        interface: VersionRange = ABI.interfaceVersions,
        start: Start?,
        provides: ABI.V1.Description
    ) {
        self.manifest = manifest
        self.name = name
        self.version = version
        self.summary = summary
        self.protocol = `protocol`
        self.interface = interface
        self.start = start
        self.provides = provides
    }

    /// The way to start the plugin: exactly one of the three members.
    public struct Start: Codable, Sendable, Equatable {
        /// A program and its arguments; the first is relative to the manifest's directory.
        public var executable: [String]?
        /// A shared object, relative to the manifest's directory.
        public var library: String?
        /// The name of an installed plugin whose program or library is started in place of one of its own.
        public var plugin: String?

        public init(executable: [String]? = nil, library: String? = nil, plugin: String? = nil) {
            self.executable = executable
            self.library = library
            self.plugin = plugin
        }
    }

    /// A setting of the plugin: it parses, matches and completes like one of the host's own.
    public struct Setting: Codable, Sendable, Equatable {
        public var name: String
        /// `Distribution`, `Output`, `Content`, and so on.
        public var section: String
        /// `string`, `boolean`, `integer`, `path`, `list` or `choice`.
        public var type: String
        public var `default`: JSON?
        public var help: String
        public var choices: [String]?

        public init(name: String, section: String, type: String, help: String) {
            self.name = name
            self.section = section
            self.type = type
            self.help = help
        }
    }
}
