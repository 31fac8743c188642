internal import Glibc
internal import System

/// Times of the files by which a package manager sees that a repository has changed.
enum IndexTime {
    /// Writes an index whose time is in a later second than that of the index it replaces.
    ///
    /// Package managers compare times in whole seconds (`If-Modified-Since`, RFC 9110), and a test writes a
    /// repository twice within one.
    static func write(_ bytes: [UInt8], to path: String) throws(SystemCallError) {
        var old = stat()
        let hasOld = stat(path, &old) == 0
        try Files.write(bytes, to: path)
        guard hasOld else { return }
        let seconds = max(time(nil), old.st_mtim.tv_sec + 1)
        let times = [timespec](repeating: timespec(tv_sec: seconds, tv_nsec: 0), count: 2)
        try systemCall("utimensat", path) { utimensat(AT_FDCWD, path, times, 0) }
    }
}
