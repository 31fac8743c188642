import Glibc
import System
import TreeWire

/// Trees that an overlay lays upon each other, from the bottom, looked at without mounting anything.
struct TreeStack: ~Copyable {
    /// The state of a directory in a tree.
    private enum Finding {
        /// Nothing, so that the trees below show through.
        case absent
        /// Something that hides it in the trees below.
        case hidden
        /// A directory; the trees below show through unless it is opaque.
        case directory(isOpaque: Bool)
    }

    private let paths: [String]
    private var findings: [[BytePath: Finding]]

    init(_ paths: [String]) {
        self.paths = paths
        findings = Array(repeating: [:], count: paths.count)
    }

    /// Returns true if a path of the tree `index` is seen through those above it.
    mutating func isVisible(_ path: BytePath, in index: Int) throws(TreeEditError) -> Bool {
        for above in (index + 1)..<max(paths.count, index + 1) {
            switch try finding(path.parent, in: above) {
            case .hidden, .directory(isOpaque: true): return false
            case .absent: continue
            case .directory(isOpaque: false): break
            }
            let directory = try TreeDirectory(paths[above])
            if let parent = directory.directory(path.parent), parent.status(of: path.name) != nil { return false }
        }
        return true
    }

    /// The index of the topmost tree that has this directory, which is the one whose attributes are seen.
    mutating func top(of directory: BytePath, from index: Int) throws(TreeEditError) -> Int {
        for above in stride(from: paths.count - 1, to: index, by: -1) {
            if case .directory = try finding(directory, in: above) { return above }
        }
        return index
    }

    /// Opacity of a directory is that of all below it.
    private mutating func finding(_ path: BytePath, in index: Int) throws(TreeEditError) -> Finding {
        if let known = findings[index][path] { return known }
        let result: Finding
        if path.isEmpty {
            result = .directory(isOpaque: false)
        } else {
            switch try finding(path.parent, in: index) {
            case .hidden: result = .hidden
            case .absent: result = .absent
            case .directory(let isOpaque):
                let tree = try TreeDirectory(paths[index])
                guard let parent = tree.directory(path.parent) else {
                    throw TreeEditError.failure("open", "\(paths[index])/\(path.parent.string)")
                }
                if let status = parent.status(of: path.name) {
                    if status.kind == .directory, let child = parent.directory(path.name) {
                        result = .directory(isOpaque: isOpaque || child.isOpaque)
                    } else {
                        result = .hidden
                    }
                } else {
                    result = isOpaque ? .hidden : .absent
                }
            }
        }
        findings[index][path] = result
        return result
    }
}
