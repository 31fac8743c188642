import CFiles
import Glibc

/// Removal, from inside the tree.
enum TreeRemoval {
    /// The names by which a directory has itself and the one above it.
    static let own = [NodePath("."), NodePath("..")]

    /// Removes a file, a link or a directory with all that is in it; nothing there is no error.
    static func remove(_ path: NodePath) throws(TreeEditError) {
        var status = stat()
        if lstat(path.bytes, &status) != 0 { return }
        if status.st_mode & S_IFMT == S_IFDIR {
            for name in try names(in: path) { try remove(path.appending(name)) }
            if path != NodePath("/") { try TreeEditor.check("rmdir", path.text, rmdir(path.bytes)) }
        } else {
            try TreeEditor.check("unlink", path.text, unlink(path.bytes))
        }
    }

    static func remove(_ path: String) throws(TreeEditError) { try remove(NodePath(path)) }

    /// Removes the character devices 0:0 below a directory.
    static func removeWhiteouts(_ path: NodePath) throws(TreeEditError) {
        for name in try names(in: path) {
            let inner = path.appending(name)
            var status = stat()
            try TreeEditor.check("stat", inner.text, lstat(inner.bytes, &status))
            switch status.st_mode & S_IFMT {
            case S_IFDIR: try removeWhiteouts(inner)
            case S_IFCHR where status.st_rdev == 0:
                try TreeEditor.check("unlink", inner.text, unlink(inner.bytes))
            default: break
            }
        }
    }

    static func names(in path: NodePath) throws(TreeEditError) -> [NodePath] {
        guard let stream = opendir(path.bytes) else { throw TreeEditor.failure("opendir", path.text) }
        return names(stream)
    }

    /// The names in an open directory, sorted, without `.` and `..`; closes it.
    static func names(_ stream: OpaquePointer) -> [NodePath] {
        defer { closedir(stream) }
        var names: [NodePath] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { NodePath($0) }
            }
            if !own.contains(name) { names.append(name) }
        }
        return names.sorted()
    }
}
