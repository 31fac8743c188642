import CFiles
import Glibc
package import System
package import TreeWire

/// Removal, from inside the tree.
package enum TreeRemoval {
    /// Removes a file, a link or a directory with all that is in it; nothing there is no error.
    package static func remove(_ path: BytePath) throws(TreeEditError) {
        var status = stat()
        if lstat(path.cString, &status) != 0 { return }
        if status.st_mode & S_IFMT == S_IFDIR {
            for name in try names(in: path) { try remove(path.appending(name)) }
            if path != BytePath("/") { try TreeEditError.check("rmdir", path.string, rmdir(path.cString)) }
        } else {
            try TreeEditError.check("unlink", path.string, unlink(path.cString))
        }
    }

    package static func remove(_ path: String) throws(TreeEditError) { try remove(BytePath(path)) }

    /// Removes the character devices 0:0 below a directory.
    package static func removeWhiteouts(_ path: BytePath) throws(TreeEditError) {
        for name in try names(in: path) {
            let inner = path.appending(name)
            var status = stat()
            try TreeEditError.check("stat", inner.string, lstat(inner.cString, &status))
            switch status.st_mode & S_IFMT {
            case S_IFDIR: try removeWhiteouts(inner)
            case S_IFCHR where status.st_rdev == 0:
                try TreeEditError.check("unlink", inner.string, unlink(inner.cString))
            default: break
            }
        }
    }

    package static func names(in path: BytePath) throws(TreeEditError) -> [BytePath] {
        do throws(SystemCallError) {
            return try DirectoryReader.names(at: path)
        } catch {
            throw TreeEditError(error)
        }
    }

    package static func names(in directory: CInt, _ path: String) throws(TreeEditError) -> [BytePath] {
        do throws(SystemCallError) {
            return try DirectoryReader.names(in: directory, path)
        } catch {
            throw TreeEditError(error)
        }
    }
}
