import CFiles
public import Glibc
import JSON
import PluginKit
public import PluginWire
import System

/// Whole files and directories, as the tools inside the sandbox read and write them.
public enum SystemFile {
    /// The bytes of a regular file; nil when there is none.
    ///
    /// In a tree a package or a script may have put a pipe or a device in its place, which would never end.
    /// One with more bytes than `limit` counts as none: it may come from anywhere.
    public static func read(_ path: String, limit: Int = .max) -> [UInt8]? {
        guard let file = try? Descriptor.open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY) else { return nil }
        var status = stat()
        guard fstat(file.number, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size <= limit else {
            return nil
        }
        return try? Descriptor.readAll(file.number)
    }

    /// The bytes of the tool's standard input, which the host sends through a pipe.
    public static func readInput() -> [UInt8]? { try? Descriptor.readAll(STDIN_FILENO) }

    /// The bytes of a file, links followed; nil when there is none.
    public static func size(_ path: String) -> Int? {
        var status = stat()
        return isPath(path) && stat(path, &status) == 0 ? Int(status.st_size) : nil
    }

    public static func text(_ path: String) -> String? {
        read(path).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Writes a file with exactly this mode, whatever was there before; only a regular file is replaced.
    public static func write(_ path: String, _ bytes: [UInt8], mode: UInt32 = 0o644) throws(ErrorObject) {
        // A pipe without a reader refuses this open at once (ENXIO, fifo(7)).
        let flags = O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY
        do throws(SystemCallError) {
            let file = try Descriptor.open(path, flags, mode: 0o600)
            var status = stat()
            guard fstat(file.number, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
                throw SystemCallError("open", path, errno: EINVAL)
            }
            try systemCall("ftruncate") { ftruncate(file.number, 0) }
            try file.write(bytes)
            try systemCall("fchmod") { fchmod(file.number, mode) }
        } catch {
            throw failure("write", path, number: error.errno)
        }
    }

    /// Makes a directory that no other user can enter; `prefix` is its path up to the random part.
    public static func makePrivateDirectory(_ prefix: String) throws(ErrorObject) -> String {
        do throws(SystemCallError) {
            return try Files.makePrivateDirectory(prefix)
        } catch {
            throw failure("make a directory in", Paths.parent(prefix) ?? prefix, number: error.errno)
        }
    }

    /// Makes a directory and those above it; those that are there stay as they are.
    public static func makeDirectories(_ path: String, mode: UInt32 = 0o755) throws(ErrorObject) {
        guard isPath(path) else { throw failure("make the directory", path, number: EINVAL) }
        if mkdir(path, mode) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, let parent = Paths.parent(path), parent != "/" else {
            throw failure("make the directory", path)
        }
        try makeDirectories(parent, mode: mode)
        if mkdir(path, mode) != 0, errno != EEXIST { throw failure("make the directory", path) }
    }

    /// The names in a directory, sorted; none when it cannot be read.
    public static func names(in directory: String) -> [String] {
        ((try? DirectoryReader.names(at: BytePath(directory))) ?? []).map(\.string)
    }

    /// Returns true if there is anything at the path, a dangling link included.
    public static func exists(_ path: String) -> Bool {
        var status = stat()
        return isPath(path) && lstat(path, &status) == 0
    }

    /// Returns true if the path leads to a directory, links followed.
    public static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return isPath(path) && stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// False with a null byte, where C would end the path and mean another file than the one that was checked.
    private static func isPath(_ path: String) -> Bool { !path.utf8.contains(0) }

    public static func failure(_ action: String, _ path: String, number: Int32 = errno) -> ErrorObject {
        .system(action, path, number: number)
    }
}
