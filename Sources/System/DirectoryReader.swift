import CFiles
import Glibc

/// The names in directories, in the order of their bytes, without `.` and `..`.
public enum DirectoryReader {
    /// The names in the directory at a path, links followed.
    public static func names(at path: BytePath) throws(SystemCallError) -> [BytePath] {
        guard let stream = path.withCString({ opendir($0) }) else {
            throw SystemCallError("opendir", path.string, errno: errno)
        }
        return try names(stream, path.string)
    }

    /// The names in an open directory, which stays open and where it is; a descriptor of `O_PATH` will do.
    public static func names(in directory: CInt, _ subject: String? = nil) throws(SystemCallError) -> [BytePath] {
        // Opened once more: a copy of the descriptor would share its position with whoever else reads it.
        var own = mkosi_file_openat(directory, ".", O_RDONLY | O_DIRECTORY, 0)
        if own < 0, errno == EACCES {
            // A directory that may be read and not entered: its position is all that there is.
            own = fcntl(directory, F_DUPFD_CLOEXEC, 0)
        }
        guard own >= 0 else { throw SystemCallError("openat", subject, errno: errno) }
        guard let stream = fdopendir(own) else {
            let reason = errno
            close(own)
            throw SystemCallError("fdopendir", subject, errno: reason)
        }
        rewinddir(stream)
        return try names(stream, subject)
    }

    /// The names of the directories in a directory, as the kernel lists them: to ask for each entry would take longer.
    ///
    /// A file system that does not say what its entries are (readdir(3), `DT_UNKNOWN`) may have others among them.
    public static func directories(at path: String) throws(SystemCallError) -> [BytePath] {
        guard let stream = opendir(path) else { throw SystemCallError("opendir", path, errno: errno) }
        return try names(stream, path) { $0 == UInt8(DT_DIR) || $0 == UInt8(DT_UNKNOWN) }
    }

    /// Reads a stream to its end and closes it.
    private static func names(
        _ stream: OpaquePointer,
        _ subject: String?,
        where isWanted: (_ type: UInt8) -> Bool = { _ in true }
    ) throws(SystemCallError) -> [BytePath] {
        defer { closedir(stream) }
        var names: [BytePath] = []
        while true {
            // readdir(3) tells an error from the end by errno alone.
            errno = 0
            guard let entry = readdir(stream) else {
                if errno != 0 { throw SystemCallError("readdir", subject, errno: errno) }
                return names.sorted()
            }
            guard isWanted(entry.pointee.d_type) else { continue }
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { BytePath(bytes: Array($0.prefix { $0 != 0 })) }
            if name != ".", name != ".." { names.append(name) }
        }
    }
}
