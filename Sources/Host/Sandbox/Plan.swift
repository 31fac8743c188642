/// The complete definition of a sandbox: a value that can be compared, printed as a command line and executed.
///
/// The steps are taken in their order, into an empty tree. A plan without steps shows the whole tree of the host.
public struct Plan: Sendable, Hashable {
    public var steps: [Step] = []
    public var identity = Identity()
    public var network = Network.shared
    public var suppression: Suppression = []
    public var environment: [EnvironmentChange] = []
    public var workingDirectory = WorkingDirectory.root
    /// A directory of the finished tree that becomes the root of the command.
    public var root: String?
    public var hostname: String?
    /// Moves inherited descriptors together from 3 on and announces them in `LISTEN_FDS`.
    public var packsDescriptors = false
    /// Directories of the host in which no source of a bind or an overlay may lead through a link: others can change them.
    public var guardedDirectories: [String] = []
    /// Locks the sandbox: see `InnerNamespaces`, `mkosi_deny` and `Terminal`.
    public var isHardened = false
    /// Programs that are executed get no rights by a set-user-ID bit or a file's capabilities.
    public var forbidsNewPrivileges = false
    /// Io_uring works in a hardened sandbox too.
    public var allowsRings = false
    /// The command is in the PID namespace of the caller, whose /proc it sees.
    public var sharesProcesses = false
    /// Describes on standard error what is done.
    public var isVerbose = false
    /// The program and its arguments; empty for a shell.
    public var command: [String] = []

    public init(command: [String] = []) {
        self.command = command
    }

    /// Returns true if links on the way to a path of the host are refused.
    func guards(_ path: String) -> Bool {
        guardedDirectories.contains { path == $0 || path.hasPrefix("\($0)/") }
    }

    /// True if the command can change what it sees through an overlay.
    var changesOverlays: Bool {
        steps.contains { step in
            if case .overlay(let overlay) = step { overlay.upper != .none } else { false }
        }
    }
}

extension Plan {
    /// The user that the command is, and the users and groups that exist for it.
    public struct Identity: Sendable, Hashable {
        /// The command runs as user 0; otherwise as the user that it is outside.
        public var becomesRoot: Bool
        public var ids: IDs
        /// Without a user namespace only root can make a sandbox.
        public var userNamespace: Bool
        /// The ids for files that belong to no machine must exist too.
        public var mapsForeignIDs = false
        /// The number of further ranges of 65536 ids that must exist, for containers inside.
        public var delegatedRanges: UInt = 0

        public init(becomesRoot: Bool = false, ids: IDs = .automatic, userNamespace: Bool = true) {
            self.becomesRoot = becomesRoot
            self.ids = ids
            self.userNamespace = userNamespace
        }
    }

    /// The source of the user and group ids of the sandbox.
    public enum IDs: String, Sendable, Hashable, CaseIterable {
        /// The first of the others that works.
        case automatic = "auto"
        /// All ids, the same inside and outside; for root.
        case root
        /// 0 is the user, the others come out of the user's subordinate range.
        case range
        /// There is one id; calls that would need another succeed without doing anything.
        case single
    }

    /// The network that the command sees.
    public enum Network: Sendable, Hashable {
        /// The one of the host.
        case shared
        /// Only a loopback interface.
        case isolated
    }

    /// System calls that succeed without doing anything.
    public struct Suppression: OptionSet, Sendable, Hashable {
        public let rawValue: UInt8

        public init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        /// Changes of a file's owner.
        public static let chown = Suppression(rawValue: 1)
        /// Waits until data is on the disk.
        public static let sync = Suppression(rawValue: 2)
        /// Creation of device nodes, which no user namespace allows.
        public static let mknod = Suppression(rawValue: 4)
    }

    /// The directory in which the command starts.
    public enum WorkingDirectory: Sendable, Hashable {
        case root
        /// The directory, by its name, in which `mkosi-sandbox` was started.
        case same
        case path(String)
    }

    /// One change of the inherited environment.
    public enum EnvironmentChange: Sendable, Hashable {
        case set(name: String, value: String)
        case unset(name: String)
    }
}
