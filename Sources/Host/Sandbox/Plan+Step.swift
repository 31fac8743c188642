extension Plan {
    /// One thing that is put into the sandbox's tree; missing directories above it are made.
    public enum Step: Sendable, Hashable {
        case temporary(TemporaryFileSystem)
        /// A small /dev with the usual nodes of the host.
        case devices(target: String)
        /// A /proc that shows the processes of the sandbox.
        case processes(target: String)
        /// A /sys that names none of the host's hardware.
        case system(target: String)
        case directory(target: String)
        case bind(Bind)
        /// A bind by way of a service for foreign ids, which is understood but cannot be done.
        case foreignBind(Bind)
        case symlink(content: String, target: String)
        case write(content: String, target: String)
        case overlay(Overlay)
        /// The host's resolver configuration, when the network is shared.
        case resolver(target: String)
        /// A directory of the sandbox below which the targets of the following steps are resolved, as if it were the
        /// root; `/` ends that.
        case targetRoot(String)

        /// Steps whose targets are paths of a system tree: its symlinks, absolute ones included, stay in the tree.
        public static func inside(_ root: String, _ steps: [Step]) -> [Step] {
            steps.isEmpty ? [] : [.targetRoot(root)] + steps + [.targetRoot("/")]
        }

        /// A read-only view of a file or directory of the host.
        public static func readOnly(_ source: String, at target: String) -> Step {
            .bind(Bind(source: source, target: target, isReadOnly: true))
        }

        /// A file or directory of the host, to be changed in place.
        public static func writable(_ source: String, at target: String) -> Step {
            .bind(Bind(source: source, target: target))
        }
    }

    /// A file or a directory with all that is mounted in it, seen at a second place.
    public struct Bind: Sendable, Hashable {
        /// A path of the host, or after a `+` one of the sandbox.
        ///
        /// What follows two slashes in one of the sandbox is a path in the directory before them: its links stay in there.
        public var source: String
        public var target: String
        public var isReadOnly: Bool
        /// Between a directory of the sandbox and a path in it.
        static let border = "//"
        /// Does nothing when the source does not exist.
        public var isOptional: Bool
        /// A symlink as the source is followed.
        public var followsSource: Bool

        public init(
            source: String,
            target: String,
            isReadOnly: Bool = false,
            isOptional: Bool = false,
            followsSource: Bool = true
        ) {
            self.source = source
            self.target = target
            self.isReadOnly = isReadOnly
            self.isOptional = isOptional
            self.followsSource = followsSource
        }

        /// The source for a path in a directory of the sandbox; none of its links leads out of the directory.
        public static func source(_ path: String, in directory: String) -> String { "+\(directory)\(border)\(path)" }
    }

    /// An empty file system in memory.
    public struct TemporaryFileSystem: Sendable, Hashable {
        public var target: String
        /// The permission bits of its root; nil for 1777 at a path that ends in `/tmp`, and 755 elsewhere.
        public var mode: UInt32?
        /// The most bytes that it may hold, with a suffix such as `2g` or `50%`; nil for the kernel's limit.
        public var size: String?

        public init(target: String, mode: UInt32? = nil, size: String? = nil) {
            self.target = target
            self.mode = mode
            self.size = size
        }
    }

    /// Directories laid over each other, changes going to the upper one.
    public struct Overlay: Sendable, Hashable {
        /// The place that changes go to.
        public enum Upper: Sendable, Hashable {
            /// Nowhere: the overlay is read-only.
            case none
            /// Into memory, to be forgotten.
            case temporary
            /// Into a directory, with an empty one on the same file system.
            case directory(String, work: String)
        }

        /// From the topmost to the bottom one.
        public var lower: [String]
        public var upper: Upper
        public var target: String

        public init(lower: [String], upper: Upper, target: String) {
            self.lower = lower
            self.upper = upper
            self.target = target
        }
    }
}
