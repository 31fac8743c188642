public import ByteKeys
public import JSON

/// A request that a plugin makes of the host, and the type of its answer.
public protocol ServiceRequest: Codable, Sendable {
    associatedtype Answer: Codable & Sendable
    static var method: String { get }
}

extension ABI.V1 {
    /// All of them; each has a section in PROTOCOL.md, which a test compares with its type.
    public static let services: [any ServiceRequest.Type] = [
        Run.self, Fetch.self, ReadSetting.self, Sign.self, IsCancelled.self,
    ]

    /// `host/run`, asked by the plugin: run a command in the build sandbox.
    public struct Run: ServiceRequest, Equatable {
        public typealias Answer = Ran
        public static let method = "host/run"
        /// The program, looked up in the sandbox's path, and its arguments.
        public var arguments: [String]
        /// Added to the sandbox's own small environment.
        public var environment: ByteDictionary<String>?
        public var workingDirectory: String?
        /// Besides the system's `/usr`, the configuration and the workspace, which are always there.
        public var mounts: [Mount]?
        /// `none` (default) or `host`; the host refuses `host` where the step must be offline.
        public var network: String?
        /// Given to the command's standard input; default: nothing.
        public var input: String?
        /// True if standard output comes back in the answer (at most 8 MiB); else it goes to the log.
        public var capture: Bool?
        /// A tree to enter with chroot(2) after mounting; the command then sees only that tree.
        public var root: String?
        /// A path at which `/proc`, `/sys`, `/dev`, `/run` and `/tmp` are mounted for maintainer scripts.
        public var apiMounts: String?
        /// Exit statuses that are no error; default `[0]`.
        public var success: [Int]?
        /// The text that is shown while it runs.
        public var label: String?

        public init(_ arguments: [String]) {
            self.arguments = arguments
        }
    }

    public struct Mount: Codable, Sendable, Equatable {
        /// `bind`, `tmpfs`, `overlay`, `symlink` or `dir`.
        public var kind: String
        /// On the host; the link's text for `symlink`.
        public var source: String?
        /// In the sandbox.
        public var target: String
        public var writable: Bool?
        /// True if a source that does not exist is ignored.
        public var optional: Bool?
        /// Of an overlay, bottom first.
        public var lower: [String]?
        public var upper: String?
        public var work: String?

        public init(kind: String = "bind", source: String?, target: String, writable: Bool? = nil) {
            self.kind = kind
            self.source = source
            self.target = target
            self.writable = writable
        }
    }

    public struct Ran: Codable, Sendable, Equatable {
        /// The exit status, or 128 and the signal's number.
        public var status: Int
        /// Standard output, where `capture` was set.
        public var output: String?
        /// Bytes of output that were dropped because there were too many.
        public var dropped: Int?

        public init(status: Int, output: String? = nil, dropped: Int? = nil) {
            self.status = status
            self.output = output
            self.dropped = dropped
        }
    }

    /// `host/fetch`, asked by the plugin: download one file.
    public struct Fetch: ServiceRequest, Equatable {
        public typealias Answer = Empty
        public static let method = "host/fetch"
        public var urls: [String]
        /// Below the workspace or the cache.
        public var path: String
        public var sha256: String?
        /// Files that are downloaded at the same time; they have no further ones of their own.
        public var further: [Fetch]?

        public init(urls: [String], path: String, sha256: String? = nil) {
            self.urls = urls
            self.path = path
            self.sha256 = sha256
        }
    }

    /// `host/setting`, asked by the plugin: the value of one setting.
    public struct ReadSetting: ServiceRequest, Equatable {
        public typealias Answer = SettingValue
        public static let method = "host/setting"
        public var name: String
        public init(name: String) { self.name = name }
    }

    public struct SettingValue: Codable, Sendable, Equatable {
        public var value: JSON
        public init(value: JSON) { self.value = value }
    }

    /// `host/cancelled`, asked by the plugin: has the user given up.
    public struct IsCancelled: ServiceRequest, Equatable {
        public typealias Answer = Cancelled
        public static let method = "host/cancelled"
    }

    public struct Cancelled: Codable, Sendable, Equatable {
        public var cancelled: Bool
        public init(cancelled: Bool) { self.cancelled = cancelled }
    }

    /// `host/log`, a notification from the plugin.
    public struct Log: Codable, Sendable, Equatable {
        public static let method = "host/log"
        /// `debug`, `info`, `warning` or `error`.
        public var level: String
        public var message: String

        public init(level: String, message: String) {
            self.level = level
            self.message = message
        }
    }

    /// `host/progress`, a notification from the plugin: at most ten a second are useful.
    public struct Progress: Codable, Sendable, Equatable {
        public static let method = "host/progress"
        /// The current activity, in a few words.
        public var label: String?
        public var done: Int?
        public var total: Int?
        /// `bytes`, `packages`, `files` or another plural.
        public var unit: String?

        public init(label: String? = nil, done: Int? = nil, total: Int? = nil, unit: String? = nil) {
            self.label = label
            self.done = done
            self.total = total
            self.unit = unit
        }
    }
}
