import CFiles
import Glibc
import System
public import TreeWire

/// Copies files with several names into the directory that takes the changes of a step, before the step begins.
///
/// There they are one file again, with all the names that are seen, and stay one whatever the step does to it. What the
/// step has not touched is removed afterwards (`LinkLowering`), so that the layer holds nothing but changes.
public struct LinkRaising: Codable, Sendable {
    /// A tree below, and the file that lists what has several names in it, which is made where there is none.
    public struct Lower: Codable, Sendable {
        public var tree: String
        public var links: String?

        public init(tree: String, links: String?) {
            (self.tree, self.links) = (tree, links)
        }
    }

    /// From the bottom.
    public var lower: [Lower]
    /// Takes the changes; files may be in it already.
    public var upper: String
    /// The file that remembers what was copied; none is written where nothing was.
    public var record: String

    public init(lower: [Lower], upper: String, record: String) {
        (self.lower, self.upper, self.record) = (lower, upper, record)
    }

    public func run() throws(TreeEditError) {
        let trees = lower.map(\.tree)
        var stack = TreeStack(trees + [upper])
        var work = LinkRaisingWork(upper: try TreeDirectory(upper), name: upper)
        for (index, below) in lower.enumerated() {
            for group in try groups(of: below) {
                var seen: [BytePath] = []
                for path in group where try stack.isVisible(path, in: index) { seen.append(path) }
                if seen.count < 2 { continue }
                for path in seen {
                    try work.makeDirectories(path.parent) { directory throws(TreeEditError) in
                        trees[try stack.top(of: directory, from: index)]
                    }
                }
                try work.copy(seen, from: TreeDirectory(below.tree))
            }
        }
        try work.finish(record: record)
    }

    private func groups(of lower: Lower) throws(TreeEditError) -> [[BytePath]] {
        guard let file = lower.links else { return try LinkGroups(of: lower.tree).groups }
        if let known = try LinkGroups(file: file) { return known.groups }
        let found = try LinkGroups(of: lower.tree)
        try found.write(to: file)
        return found.groups
    }
}

/// The upper directory while files are copied into it.
private struct LinkRaisingWork: ~Copyable {
    let upper: TreeDirectory
    let name: String
    var record = LinkRecord()
    /// Directories that were there, with the times that they are to have again.
    private var touched: [BytePath: NodeAttributes] = [:]
    private var known: Set<BytePath> = [BytePath("")]

    init(upper: consuming TreeDirectory, name: String) {
        self.upper = upper
        self.name = name
    }

    /// Makes a directory like the one that is seen there; `tree` finds the tree that has it.
    mutating func makeDirectories(
        _ path: BytePath,
        like tree: (BytePath) throws(TreeEditError) -> String
    ) throws(TreeEditError) {
        if !known.insert(path).inserted { return }
        try makeDirectories(path.parent, like: tree)
        let place = "\(name)/\(path.string)"
        guard let parent = upper.directory(path.parent) else { throw TreeEditError.failure("open", place) }
        if parent.status(of: path.name) != nil { return }
        let origin = try TreeDirectory(try tree(path))
        guard let source = origin.directory(path) else { throw TreeEditError.failure("open", path.string) }
        let attributes = try NodeAttributes(of: source.number, name: path.string)
        try remember(path.parent, parent)
        try TreeEditError.check("mkdir", place, mkdirat(parent.number, path.name.cString, 0o700))
        guard let made = parent.directory(path.name) else { throw TreeEditError.failure("open", place) }
        try attributes.apply(to: made.number, name: place)
        record.directories.append(LinkRecord.Directory(path: path, attributes: attributes))
        touched[path] = attributes
    }

    /// Keeps the time of a directory that gets entries now.
    private mutating func remember(
        _ path: BytePath,
        _ directory: borrowing TreeDirectory
    ) throws(TreeEditError) {
        if touched[path] != nil { return }
        touched[path] = try NodeAttributes(of: directory.number, name: path.string)
    }

    /// Copies one file, under all of its names.
    mutating func copy(_ paths: [BytePath], from tree: borrowing TreeDirectory) throws(TreeEditError) {
        let first = paths[0]
        guard let parent = tree.directory(first.parent), let status = parent.status(of: first.name),
            let target = upper.directory(first.parent)
        else { throw TreeEditError.failure("open", first.string) }
        try remember(first.parent, target)
        try copyNode(first, status, from: parent, to: target)
        for path in paths.dropFirst() {
            guard let other = upper.directory(path.parent) else { throw TreeEditError.failure("open", path.string) }
            try remember(path.parent, other)
            let result = linkat(target.number, first.name.cString, other.number, path.name.cString, 0)
            try TreeEditError.check("link", "\(name)/\(path.string)", result)
        }
        guard let made = target.status(of: first.name) else { throw TreeEditError.failure("stat", first.string) }
        record.groups.append(LinkRecord.Group(paths: paths, made))
    }

    private func copyNode(
        _ path: BytePath,
        _ status: FileStatus,
        from source: borrowing TreeDirectory,
        to target: borrowing TreeDirectory
    ) throws(TreeEditError) {
        let place = "\(name)/\(path.string)"
        // Before the mode, from which a change of the owner takes setuid away.
        func own() throws(TreeEditError) {
            let result = fchownat(target.number, path.name.cString, status.user, status.group, AT_SYMLINK_NOFOLLOW)
            try TreeEditError.check("chown", place, result)
        }
        switch status.kind {
        case .regular:
            let from = mkosi_file_openat(source.number, path.name.cString, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0)
            try TreeEditError.check("open", path.string, from)
            defer { close(from) }
            let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW
            let to = mkosi_file_openat(target.number, path.name.cString, flags, 0o600)
            try TreeEditError.check("open", place, to)
            defer { close(to) }
            try FileContent.copy(from, to, size: Int64(status.size), name: place)
            let attributes = try NodeAttributes(of: from, status, name: path.string)
            try attributes.apply(to: to, name: place)
            attributes.applyTime(to: to)
            return
        case .symbolicLink:
            var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
            let count = readlinkat(source.number, path.name.cString, &buffer, buffer.count - 1)
            if count < 0 { throw TreeEditError.failure("readlink", path.string) }
            try TreeEditError.check("symlink", place, symlinkat(buffer, target.number, path.name.cString))
            try own()
        default:
            let mode = status.kind.modeBits | 0o600
            try TreeEditError.check("mknod", place, mknodat(target.number, path.name.cString, mode, 0))
            try own()
            // The node was made just now, in a directory where nothing runs: it is no link.
            let result = fchmodat(target.number, path.name.cString, status.mode, 0)
            try TreeEditError.check("chmod", place, result)
            try copyAccessList(path.name, from: source, to: target, place)
        }
        _ = mkosi_set_modified_at(
            target.number,
            path.name.cString,
            Int64(status.modified.seconds),
            Int64(status.modified.nanoseconds)
        )
    }

    /// Pipes and sockets have no other attributes; they cannot be opened without side effects.
    private func copyAccessList(
        _ name: BytePath,
        from source: borrowing TreeDirectory,
        to target: borrowing TreeDirectory,
        _ place: String
    ) throws(TreeEditError) {
        let attribute = AccessControlList.attributeNames[0]
        func path(in directory: borrowing TreeDirectory) -> BytePath {
            BytePath("/proc/self/fd/\(directory.number)").appending(name)
        }
        var value = [UInt8](repeating: 0, count: 1 << 16)
        let size = lgetxattr(path(in: source).cString, attribute, &value, value.count)
        if size <= 0 {
            // It may have one from the directory around it.
            lremovexattr(path(in: target).cString, attribute)
            return
        }
        let result = lsetxattr(path(in: target).cString, attribute, value, size, 0)
        try TreeEditError.check("lsetxattr", place, result)
    }

    /// Gives directories their times again, and writes down what was made.
    consuming func finish(record path: String) throws(TreeEditError) {
        for (path, attributes) in touched {
            if let directory = upper.directory(path) { attributes.applyTime(to: directory.number) }
        }
        if !record.groups.isEmpty { try LinkFile.write(record.bytes, to: path) }
    }
}
