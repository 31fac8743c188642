import Glibc
import System
import TreeWire

/// The files of a tree that have several names in it.
///
/// A file that an overlay copies up under one of its names is another file under the others, and a kernel that is to
/// keep them together (`index=on`) wants a right that no user namespace gives. So what has several names is known for
/// each layer, and is copied up as a whole before a step could change it: see `LinkRaising`.
struct LinkGroups {
    /// Each with at least two paths in the tree, in the order of their bytes.
    var groups: [[BytePath]] = []

    private struct Walk {
        var names: [FileNumber: [BytePath]] = [:]

        struct FileNumber: Hashable {
            var device: UInt64
            var inode: UInt64
        }

        mutating func take(
            _ directory: borrowing TreeDirectory,
            _ path: BytePath,
            in tree: String,
            depth: Int = 0
        ) throws(TreeEditError) {
            if depth > TreeDepth.limit { throw .tooDeep(tree) }
            for name in try directory.names(path.string) {
                guard let status = directory.status(of: name) else { continue }
                let place = path.appending(name)
                switch status.kind {
                case .directory:
                    if let child = directory.directory(name) { try take(child, place, in: tree, depth: depth + 1) }
                case .regular, .symbolicLink, .fifo, .socket:
                    guard status.links > 1 else { continue }
                    names[FileNumber(device: status.device, inode: status.inode), default: []].append(place)
                // Whiteouts are one file with many names, which is not visible.
                default: continue
                }
            }
        }
    }

    /// Walks a tree.
    init(of tree: String) throws(TreeEditError) {
        var walk = Walk()
        try walk.take(TreeDirectory(tree), BytePath(""), in: tree)
        groups = walk.names.values.filter { $0.count > 1 }.sorted { $0[0] < $1[0] }
    }

    /// Reads what `write` has written; nil where there is no such file.
    init?(file path: String) throws(TreeEditError) {
        guard let bytes = try LinkFile.read(path) else { return nil }
        var group: [BytePath] = []
        for part in bytes.split(separator: 0, omittingEmptySubsequences: false) {
            if !part.isEmpty {
                group.append(BytePath(bytes: Array(part)))
            } else if !group.isEmpty {
                groups.append(group)
                group = []
            }
        }
    }

    /// Paths end with a zero byte, and groups with another one.
    func write(to path: String) throws(TreeEditError) {
        try LinkFile.write(groups.flatMap { group in group.flatMap { $0.bytes + [0] } + [0] }, to: path)
    }
}
