import CFiles
import Glibc

/// The names in directories, in the order of their bytes, without `.` and `..`.
public enum DirectoryReader {
    /// The names in the directory at a path, links followed.
    public static func names(at path: BytePath) throws(SystemCallError) -> [BytePath] {
        try names(try open(path), path.string)
    }

    /// The names in an open directory, which stays open and where it is; a descriptor of `O_PATH` will do.
    public static func names(in directory: CInt, _ subject: String? = nil) throws(SystemCallError) -> [BytePath] {
        // Opened once more: a copy of the descriptor would share its position with whoever else reads it.
        var own = mkosi_file_openat(directory, ".", O_RDONLY | O_DIRECTORY, 0)
        if own < 0, errno == EACCES {
            // A directory that may be read and not entered: its position is all that there is.
            own = fcntl(directory, F_DUPFD_CLOEXEC, 0)
            if own >= 0 { lseek(own, 0, SEEK_SET) }
        }
        guard own >= 0 else { throw SystemCallError("openat", subject, errno: errno) }
        return try names(Descriptor(owning: own), subject)
    }

    /// The names of the directories in a directory, as the kernel lists them: to ask for each entry would take longer.
    ///
    /// A file system that does not say what its entries are (readdir(3), `DT_UNKNOWN`) may have others among them.
    public static func directories(at path: String) throws(SystemCallError) -> [BytePath] {
        try names(try open(BytePath(path)), path) { $0 == UInt8(DT_DIR) || $0 == UInt8(DT_UNKNOWN) }
    }

    /// The directories and sockets in a directory, in the order of the kernel; only of these it makes a value.
    public static func directoriesAndSockets(
        at path: BytePath
    ) throws(SystemCallError) -> [(name: BytePath, kind: FileKind)] {
        let directory = try open(path)
        var found: [(name: BytePath, kind: FileKind)] = []
        try DirectoryBlock(readingFrom: directory.number, path.string).forEach { name, type in
            let kind: FileKind?
            switch Int(type) {
            case Int(DT_DIR): kind = .directory
            case Int(DT_SOCK): kind = .socket
            case Int(DT_UNKNOWN): kind = FileStatus(at: BytePath(name), in: directory.number)?.kind
            default: kind = nil
            }
            if let kind, kind == .directory || kind == .socket { found.append((BytePath(name), kind)) }
        }
        return found
    }

    private static func open(_ path: BytePath) throws(SystemCallError) -> Descriptor {
        let number = path.withCString { mkosi_file_open($0, O_RDONLY | O_DIRECTORY | O_NONBLOCK, 0) }
        guard number >= 0 else { throw SystemCallError("opendir", path.string, errno: errno) }
        return Descriptor(owning: number)
    }

    private static func names(
        _ directory: consuming Descriptor,
        _ subject: String?,
        where isWanted: (_ type: UInt8) -> Bool = { _ in true }
    ) throws(SystemCallError) -> [BytePath] {
        var names: [BytePath] = []
        try DirectoryBlock(readingFrom: directory.number, subject).forEach { name, type in
            if isWanted(type) {
                names.append(BytePath(bytes: Array(UnsafeRawBufferPointer(start: name, count: strlen(name)))))
            }
        }
        return names.sorted()
    }
}
