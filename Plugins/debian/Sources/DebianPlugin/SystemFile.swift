import CFiles
import Glibc
import PluginWire

/// Whole files and directories, as the tools inside the sandbox read and write them.
enum SystemFile {
    /// The bytes of a regular file; nil when there is none.
    ///
    /// In a tree a package or a script may have put a pipe or a device in its place, which would never end.
    static func read(_ path: String) -> [UInt8]? {
        let descriptor = mkosi_file_open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return readAll(descriptor, status)
    }

    /// The bytes of the tool's standard input, which the host sends through a pipe.
    static func readInput() -> [UInt8]? { readAll(STDIN_FILENO, stat()) }

    private static func readAll(_ descriptor: Int32, _ status: stat) -> [UInt8]? {
        var bytes: [UInt8] = []
        // A sparse file may have any size.
        bytes.reserveCapacity(min(Int(status.st_size), 1 << 26))
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            if count < 0 { return nil }
            if count == 0 { return bytes }
            bytes.append(contentsOf: chunk[..<count])
        }
    }

    /// The bytes of a file, links followed; nil when there is none.
    static func size(_ path: String) -> Int? {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : nil
    }

    static func text(_ path: String) -> String? {
        read(path).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Writes a file with exactly this mode, whatever was there before; only a regular file is replaced.
    static func write(_ path: String, _ bytes: [UInt8], mode: UInt32 = 0o644) throws(ErrorObject) {
        // A pipe without a reader refuses this open at once (ENXIO, fifo(7)).
        let flags = O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY
        let descriptor = mkosi_file_open(path, flags, 0o600)
        guard descriptor >= 0 else { throw failure("write", path) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw failure("write", path, number: EINVAL)
        }
        guard ftruncate(descriptor, 0) == 0 else { throw failure("write", path) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            if count < 0 { throw failure("write", path) }
            rest = rest.dropFirst(count)
        }
        if fchmod(descriptor, mode) != 0 { throw failure("set the mode of", path) }
    }

    /// Makes a directory and those above it; those that are there stay as they are.
    static func makeDirectories(_ path: String, mode: UInt32 = 0o755) throws(ErrorObject) {
        if mkdir(path, mode) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
            throw failure("make the directory", path)
        }
        try makeDirectories(String(path[..<slash]), mode: mode)
        if mkdir(path, mode) != 0, errno != EEXIST { throw failure("make the directory", path) }
    }

    /// The names in a directory, sorted; none when it cannot be read.
    static func names(in directory: String) -> [String] {
        guard let stream = opendir(directory) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Whether there is anything at the path, a dangling link included.
    static func exists(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    /// Whether the path leads to a directory, links followed.
    static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    static func failure(_ action: String, _ path: String, number: Int32 = errno) -> ErrorObject {
        ErrorObject(
            code: .internalError,
            message: "cannot \(action) \(path): \(String(cString: strerror(number)))",
            subject: path
        )
    }
}
