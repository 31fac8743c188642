import CFiles
import Glibc
import System
package import TreeWire

/// Small files that are read and written as a whole.
package enum LinkFile {
    package static func read(_ path: String) throws(TreeEditError) -> [UInt8]? {
        let file = mkosi_file_open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0)
        if file < 0, errno == ENOENT { return nil }
        try TreeEditError.check("open", path, file)
        defer { close(file) }
        guard FileStatus(of: file)?.kind == .regular else {
            throw TreeEditError(description: "\(path) is not a regular file")
        }
        do throws(SystemCallError) {
            return try Descriptor.readAll(file, path)
        } catch {
            throw TreeEditError(error)
        }
    }

    package static func write(_ bytes: [UInt8], to path: String) throws(TreeEditError) {
        let file = mkosi_file_open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0o600)
        try TreeEditError.check("open", path, file)
        defer { close(file) }
        try FileContent.write(bytes[...], to: file, name: path)
    }
}
