internal import System

/// The files that are copied into the file system of one partition, and those that are left out of it.
///
/// Paths of the tree and of the file system are absolute.
public struct ContentPlan: Sendable, Equatable {
    public private(set) var copies: [Copy] = []
    /// Directories that have to exist afterwards, made with mode 0755 for root.
    public private(set) var directories: [String]
    public private(set) var symlinks: [PartitionDefinition.Symlink]
    /// Lines that are added to files of the tree, by their paths.
    public var generated: [String: String] = [:]

    /// One `CopyFiles=` with what applies to it.
    public struct Copy: Sendable, Equatable {
        public var source: String
        public var target: String
        /// Paths of the tree that are left out.
        public var excluded: Set<String> = []
        /// Directories of the tree that are copied without what is in them.
        public var emptied: Set<String> = []
    }

    /// The content of a definition, without what other partitions are mounted over.
    ///
    /// - Parameters:
    ///   - definition: The partition.
    ///   - all: All definitions of the disk.
    public init(_ definition: PartitionDefinition, among all: [PartitionDefinition]) {
        directories = definition.content.directories
        symlinks = definition.content.symlinks
        // All copies share this: there may be as many exclusions as copies.
        var common = Copy(source: "/", target: "/")
        for path in definition.content.excludedSources { common.exclude(path) }
        for copy in definition.content.copyFiles {
            var result = common
            (result.source, result.target) = (copy.source, copy.target)
            for path in definition.content.excludedTargets {
                if let source = Self.sourcePath(of: path, copy) { result.exclude(source) }
            }
            if definition.type.role == .root, copy.target == "/" {
                let hidden =
                    Self.systemDirectories
                    + all.filter { !$0.isSupplement }.flatMap {
                        Self.mountPoints[$0.type.role] ?? []
                    }
                for path in hidden { result.emptied.insert(Self.join(copy.source, path)) }
            }
            copies.append(result)
        }
    }

    /// A directory of the tree without what is in it, as the root of a file system.
    init(emptied path: String) {
        copies = [Copy(source: path, target: "/", emptied: [path])]
        directories = []
        symlinks = []
    }

    /// Everything below a directory of the tree.
    init(whole path: String) {
        copies = [Copy(source: path, target: "/")]
        directories = []
        symlinks = []
    }

    /// True if nothing is to be put into the file system.
    public var isEmpty: Bool { copies.isEmpty && directories.isEmpty && symlinks.isEmpty }

    /// The directories of the running system's own files.
    private static let systemDirectories = ["/proc", "/sys", "/dev", "/tmp", "/run", "/var/tmp"]

    /// The directories on which systemd mounts partitions by their type.
    private static let mountPoints: [PartitionType.Role: [String]] = [
        .usr: ["/usr"], .home: ["/home"], .srv: ["/srv"], .var: ["/var"], .tmp: ["/var/tmp"], .esp: ["/efi", "/boot"],
        .xbootldr: ["/boot"],
    ]

    /// Returns the path of the tree that is copied to a path of the file system; nil if the copy does not put anything
    /// there.
    private static func sourcePath(of path: String, _ copy: PartitionDefinition.Copy) -> String? {
        if path.utf8.elementsEqual(copy.target.utf8) { return copy.source }
        return relative(path, to: copy.target).map { join(copy.source, "/" + $0) }
    }

    private static func join(_ base: String, _ path: String) -> String { base == "/" ? path : base + path }

    /// The part of a path behind a directory, without a slash at its front; nil for what is not below it.
    static func relative(_ path: String, to directory: String) -> String? {
        guard Paths.isBelow(path, directory) else { return nil }
        return String(Substring(path.utf8.dropFirst(directory == "/" ? 1 : directory.utf8.count + 1)))
    }
}

extension ContentPlan.Copy {
    /// The part of a path of the tree behind the source; empty for the source, and nil for what is not in it.
    func path(inSource path: String) -> String? {
        path.utf8.elementsEqual(source.utf8) ? "" : ContentPlan.relative(path, to: source)
    }

    /// A slash at the end stands for the content of a directory.
    fileprivate mutating func exclude(_ path: String) {
        if path.utf8.count > 1, path.utf8.last == UInt8(ascii: "/") {
            emptied.insert(String(Substring(path.utf8.dropLast())))
        } else {
            excluded.insert(path)
        }
    }
}
