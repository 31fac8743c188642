import CFiles
import Glibc
import System
import TreeLinks

/// Patterns of paths in the tree, from inside of it.
///
/// They are those of glob(7), in which `*` also matches a leading dot, and `**` as a whole component matches
/// directories of any depth, none included.
enum TreePattern {
    /// The paths that match, sorted; links are matched and, below `**`, not followed.
    static func matches(_ pattern: String) -> [BytePath] { matches(BytePath(pattern)) }

    private static func matches(_ pattern: BytePath) -> [BytePath] {
        let parts = pattern.components
        guard let depth = parts.firstIndex(of: anyDepth) else { return plainMatches(pattern) }
        let root = BytePath("/")
        let head = parts[..<depth].reduce(root) { $0.appending($1) }
        let rest = parts[(depth + 1)...].drop { $0 == anyDepth }
        var found: Set<BytePath> = []
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

    private static let anyDepth = BytePath("**")

    private static func plainMatches(_ pattern: BytePath) -> [BytePath] {
        if let found = try? Glob.paths(pattern, matchesDots: true), !found.isEmpty { return found }
        // A name with a bracket in it is no pattern that matches itself.
        var status = stat()
        return lstat(pattern.cString, &status) == 0 ? [pattern] : []
    }

    /// Visits a directory and all below it, with the names in each.
    private static func walk(_ directory: BytePath, _ visit: (BytePath, [BytePath]) -> Void) {
        guard let names = try? TreeRemoval.names(in: directory) else { return }
        visit(directory, names)
        for name in names {
            let inner = directory.appending(name)
            var status = stat()
            if lstat(inner.cString, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { walk(inner, visit) }
        }
    }
}

extension BytePath {
    /// The path as a pattern that matches nothing else.
    fileprivate var escaped: BytePath {
        BytePath(bytes: bytes.flatMap { "*?[\\".utf8.contains($0) ? [UInt8(ascii: "\\"), $0] : [$0] })
    }
}
