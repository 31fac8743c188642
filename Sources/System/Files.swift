import CFiles
import Glibc

/// Reading and writing the host's own small files; trees of images are never handled here.
public enum Files {
    public static func exists(_ path: String) -> Bool {
        access(path, F_OK) == 0
    }

    public static func isDirectory(_ path: String) -> Bool {
        kind(of: path, followLinks: true) == S_IFDIR
    }

    /// `S_IFREG`, `S_IFDIR`, `S_IFLNK`, … or nil when nothing is there.
    public static func kind(of path: String, followLinks: Bool = false) -> UInt32? {
        var status = stat()
        let result = followLinks ? stat(path, &status) : lstat(path, &status)
        return result == 0 ? status.st_mode & S_IFMT : nil
    }

    /// Bytes of a regular file; nil for anything else.
    public static func size(of path: String) -> Int? {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return Int(status.st_size)
    }

    public static func isExecutable(_ path: String) -> Bool {
        access(path, X_OK) == 0 && kind(of: path, followLinks: true) == S_IFREG
    }

    /// Opens a regular file for reading, or `/dev/null`, which is treated as an empty file.
    ///
    /// A pipe would wait for a writer, and a device may never end or react to being opened: both are refused. So is a
    /// link as the last component (`ELOOP`) unless `followsLink`.
    public static func openRegular(_ path: String, followsLink: Bool = true) throws(SystemCallError) -> Descriptor {
        let flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | (followsLink ? 0 : O_NOFOLLOW)
        let file = try Descriptor.open(path, flags)
        var status = stat()
        try systemCall("fstat", path) { fstat(file.number, &status) }
        switch status.st_mode & S_IFMT {
        case S_IFREG: break
        // Character device 1:3 (kernel, Documentation/admin-guide/devices.txt).
        case S_IFCHR where status.st_rdev == 0x103: break
        case S_IFDIR: throw SystemCallError("read", path, errno: EISDIR)
        default: throw SystemCallError("read", path, errno: EOPNOTSUPP)
        }
        return file
    }

    /// The bytes of a regular file of at most `limit` bytes; see `openRegular` for what else is read.
    public static func read(_ path: String, limit: Int = 1 << 26) throws(SystemCallError) -> [UInt8] {
        let file = try openRegular(path)
        var status = stat()
        try systemCall("fstat", path) { fstat(file.number, &status) }
        guard status.st_size <= limit else { throw SystemCallError("read", path, errno: EFBIG) }
        var bytes: [UInt8] = []
        // One byte more than there should be, so that the next read says whether that was all.
        var room = max(Int(status.st_size) + 1, 4096)
        while true {
            let chunk: [UInt8]
            do throws(SystemCallError) {
                chunk = try file.read(upTo: room)
            } catch {
                throw SystemCallError(error.call, path, errno: error.errno)
            }
            if chunk.isEmpty { return bytes }
            let isEnd = S_IFREG == status.st_mode & S_IFMT && bytes.isEmpty && chunk.count == Int(status.st_size)
            if bytes.isEmpty { bytes = chunk } else { bytes += chunk }
            guard bytes.count <= limit else { throw SystemCallError("read", path, errno: EFBIG) }
            if isEnd { return bytes }
            room = 65536
        }
    }

    public static func readText(_ path: String) throws(SystemCallError) -> String {
        String(decoding: try read(path), as: UTF8.self)
    }

    /// Writes a file so that a reader sees the old content or the new, never a part.
    ///
    /// - Parameters:
    ///   - bytes: The new content.
    ///   - path: The file, which need not exist.
    ///   - mode: Its permission bits, whatever the mask is.
    /// - Throws: The call that failed; then the old content is still there.
    public static func write(
        _ bytes: some Collection<UInt8>,
        to path: String,
        mode: UInt32 = 0o644
    ) throws(SystemCallError) {
        // Another thread may write the same file at the same time.
        let temporary = "\(path).\(getpid())-\(UInt32.random(in: .min ... .max)).tmp"
        do throws(SystemCallError) {
            let file = try Descriptor.open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: mode)
            do throws(SystemCallError) {
                try file.write(bytes)
            } catch {
                throw SystemCallError(error.call, path, errno: error.errno)
            }
            try systemCall("fchmod", path) { fchmod(file.number, mode) }
            try systemCall("rename", path) { rename(temporary, path) }
        } catch {
            unlink(temporary)
            throw error
        }
    }

    /// Removes a file; one that is not there is no failure.
    public static func remove(_ path: String) {
        unlink(path)
    }

    public static func makeDirectories(_ path: String, mode: UInt32 = 0o755) throws(SystemCallError) {
        if mkdir(path, mode) == 0 { return }
        let reason = errno
        if reason == EEXIST, isDirectory(path) { return }
        guard reason == ENOENT, let parent = Paths.parent(path), parent != path else {
            throw SystemCallError("mkdir", path, errno: reason)
        }
        try makeDirectories(parent, mode: mode)
        if mkdir(path, mode) != 0, errno != EEXIST {
            throw SystemCallError("mkdir", path, errno: errno)
        }
    }

    /// Makes a directory that no other user can enter, with a name that cannot be known in advance.
    ///
    /// - Parameter prefix: Its path up to the random part.
    /// - Returns: The whole path.
    /// - Throws: the error of mkdtemp(3).
    public static func makePrivateDirectory(_ prefix: String) throws(SystemCallError) -> String {
        var path = Array("\(prefix)XXXXXX".utf8CString)
        guard mkdtemp(&path) != nil else { throw SystemCallError("mkdtemp", prefix, errno: errno) }
        return String(decoding: path.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Gives a new directory the caller's group and a mode, and takes away what it has from the directory around it.
    ///
    /// Whatever is made in a directory with setgid or a default access control list inherits both (acl(5)), so what is
    /// to become an image must not be made below one.
    public static func shedInheritance(_ path: String, mode: UInt32 = 0o755) throws(SystemCallError) {
        let directory = try Descriptor.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
        for name in ["system.posix_acl_default", "system.posix_acl_access"] {
            let reason = fremovexattr(directory.number, name) < 0 ? errno : 0
            if reason != 0, reason != ENODATA, reason != ENOTSUP {
                throw SystemCallError("fremovexattr", path, errno: reason)
            }
        }
        try systemCall("fchown", path) { fchown(directory.number, uid_t.max, getegid()) }
        try systemCall("fchmod", path) { fchmod(directory.number, mode) }
    }

    /// The names in a directory, sorted by their bytes, without `.` and `..`.
    public static func list(_ path: String) throws(SystemCallError) -> [String] {
        try DirectoryReader.names(at: BytePath(path)).map(\.string)
    }
}

extension Files {
    /// Returns true if the path itself is a regular file, and no link to one.
    public static func isPlainFile(_ path: String) -> Bool { kind(of: path) == S_IFREG }
}
