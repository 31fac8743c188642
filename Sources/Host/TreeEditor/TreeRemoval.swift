import CFiles
import Glibc

/// Patterns and removal, from inside the tree.
enum TreeRemoval {
    /// The paths that match a pattern (glob(7)), sorted; links are matched, not followed.
    static func matches(_ pattern: String) -> [String] {
        var results = glob_t()
        defer { globfree(&results) }
        // GLOB_NOMAGIC would return plain names that do not exist; a plain name matches itself without it, too.
        guard glob(pattern, GLOB_PERIOD, nil, &results) == 0 else {
            var status = stat()
            return lstat(pattern, &status) == 0 ? [pattern] : []
        }
        return (0..<Int(results.gl_pathc)).compactMap { index in
            guard let entry = results.gl_pathv[index] else { return nil }
            let path = String(cString: entry)
            let name = path.split(separator: "/").last ?? ""
            return name == "." || name == ".." ? nil : path
        }
    }

    /// Removes a file, a link or a folder with all that is in it; nothing there is no error.
    static func remove(_ path: String) throws(TreeEditError) {
        var status = stat()
        if lstat(path, &status) != 0 { return }
        if status.st_mode & S_IFMT == S_IFDIR {
            for name in try names(in: path) { try remove("\(path)/\(name)") }
            if path != "/" { try TreeEditor.check("rmdir", path, rmdir(path)) }
        } else {
            try TreeEditor.check("unlink", path, unlink(path))
        }
    }

    /// Removes the character devices 0:0 below a folder.
    static func removeWhiteouts(_ path: String) throws(TreeEditError) {
        for name in try names(in: path) {
            let inner = path == "/" ? "/\(name)" : "\(path)/\(name)"
            var status = stat()
            try TreeEditor.check("stat", inner, lstat(inner, &status))
            switch status.st_mode & S_IFMT {
            case S_IFDIR: try removeWhiteouts(inner)
            case S_IFCHR where status.st_rdev == 0: try TreeEditor.check("unlink", inner, unlink(inner))
            default: break
            }
        }
    }

    static func names(in path: String) throws(TreeEditError) -> [String] {
        guard let stream = opendir(path) else { throw TreeEditor.failure("opendir", path) }
        return names(stream)
    }

    /// The names in an open folder, sorted, without `.` and `..`; closes it.
    static func names(_ stream: OpaquePointer) -> [String] {
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }
}
