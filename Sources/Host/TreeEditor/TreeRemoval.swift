import CFiles
import Glibc
import System

/// Removal, from inside the tree.
enum TreeRemoval {
    /// Removes a file, a link or a directory with all that is in it; nothing there is no error.
    static func remove(_ path: BytePath) throws(TreeEditError) {
        var status = stat()
        if lstat(path.cString, &status) != 0 { return }
        if status.st_mode & S_IFMT == S_IFDIR {
            for name in try names(in: path) { try remove(path.appending(name)) }
            if path != BytePath("/") { try TreeEditor.check("rmdir", path.string, rmdir(path.cString)) }
        } else {
            try TreeEditor.check("unlink", path.string, unlink(path.cString))
        }
    }

    static func remove(_ path: String) throws(TreeEditError) { try remove(BytePath(path)) }

    /// Removes the character devices 0:0 below a directory.
    static func removeWhiteouts(_ path: BytePath) throws(TreeEditError) {
        for name in try names(in: path) {
            let inner = path.appending(name)
            var status = stat()
            try TreeEditor.check("stat", inner.string, lstat(inner.cString, &status))
            switch status.st_mode & S_IFMT {
            case S_IFDIR: try removeWhiteouts(inner)
            case S_IFCHR where status.st_rdev == 0:
                try TreeEditor.check("unlink", inner.string, unlink(inner.cString))
            default: break
            }
        }
    }

    static func names(in path: BytePath) throws(TreeEditError) -> [BytePath] {
        do throws(SystemCallError) {
            return try DirectoryReader.names(at: path)
        } catch {
            throw TreeEditError(error)
        }
    }

    static func names(in directory: CInt, _ path: String) throws(TreeEditError) -> [BytePath] {
        do throws(SystemCallError) {
            return try DirectoryReader.names(in: directory, path)
        } catch {
            throw TreeEditError(error)
        }
    }
}
