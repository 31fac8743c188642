import CFiles
import Glibc

/// Patterns of paths in the tree, from inside of it.
///
/// They are those of glob(7), in which `*` also matches a leading dot, and `**` as a whole component matches
/// directories of any depth, none included.
enum TreePattern {
    /// The paths that match, sorted; links are matched and, below `**`, not followed.
    static func matches(_ pattern: String) -> [NodePath] { matches(NodePath(pattern)) }

    private static func matches(_ pattern: NodePath) -> [NodePath] {
        let parts = pattern.components
        guard let depth = parts.firstIndex(of: anyDepth) else { return plainMatches(pattern) }
        let root = NodePath("/")
        let head = parts[..<depth].reduce(root) { $0.appending($1) }
        let rest = parts[(depth + 1)...].drop { $0 == anyDepth }
        var found: Set<NodePath> = []
        for base in head == root ? [root] : plainMatches(head) {
            walk(base) { directory, names in
                if rest.isEmpty {
                    found.insert(directory)
                    found.formUnion(names.map { directory.appending($0) })
                } else {
                    found.formUnion(matches(rest.reduce(directory.escaped) { $0.appending($1) }))
                }
            }
        }
        return found.sorted()
    }

    private static let anyDepth = NodePath("**")

    private static func plainMatches(_ pattern: NodePath) -> [NodePath] {
        var results = glob_t()
        defer { globfree(&results) }
        // GLOB_NOMAGIC would return plain names that do not exist; a plain name matches itself without it, too.
        guard glob(pattern.bytes, GLOB_PERIOD, nil, &results) == 0 else {
            var status = stat()
            return lstat(pattern.bytes, &status) == 0 ? [pattern] : []
        }
        return (0..<Int(results.gl_pathc)).compactMap { index in
            guard let entry = results.gl_pathv[index] else { return nil }
            let path = NodePath(entry)
            return TreeRemoval.own.contains(path.name) ? nil : path
        }
    }

    /// Visits a directory and all below it, with the names in each.
    private static func walk(_ directory: NodePath, _ visit: (NodePath, [NodePath]) -> Void) {
        guard let names = try? TreeRemoval.names(in: directory) else { return }
        visit(directory, names)
        for name in names {
            let inner = directory.appending(name)
            var status = stat()
            if lstat(inner.bytes, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { walk(inner, visit) }
        }
    }
}

extension NodePath {
    /// The path as a pattern that matches nothing else.
    fileprivate var escaped: NodePath {
        let magic = Set("*?[\\".utf8.map(CChar.init(bitPattern:)))
        let backslash = CChar(bitPattern: UInt8(ascii: "\\"))
        return (bytes.flatMap { magic.contains($0) ? [backslash, $0] : [$0] }).withUnsafeBufferPointer { buffer in
            buffer.baseAddress.map { NodePath($0) } ?? self
        }
    }
}
