public import Glibc
import Support
public import System

/// A directory that is removed at the end of its life, after the clean-up steps of the test in reverse order.
///
/// Declare it first in a test (`let directory = try TemporaryDirectory()`), so that it outlives what uses it.
public final class TemporaryDirectory {
    public let path: String
    private var steps: [() -> Void] = []

    /// Makes the directory under `parent`, otherwise under `$TMPDIR` or `/var/tmp`, where large trees have room.
    ///
    /// Other users can write to it if `openToAll`.
    public init(below parent: String? = nil, openToAll: Bool = false) throws(SystemCallError) {
        let base = parent ?? Environment.variable("TMPDIR") ?? "/var/tmp"
        var template = Array("\(base)/mkosi-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw SystemCallError("mkdtemp", base, errno: errno) }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        if openToAll { try systemCall("chmod", path) { chmod(path, 0o777) } }
    }

    /// A directory in memory, for small files in which nothing but the content matters: no extended attributes, no layers.
    public static func inMemory() throws(SystemCallError) -> TemporaryDirectory {
        try TemporaryDirectory(below: "/dev/shm")
    }

    deinit {
        for step in steps.reversed() { step() }
        Self.remove(path)
    }

    /// Adds a step that runs before the directory is removed; the last one added runs first.
    public func atEnd(_ step: @escaping () -> Void) {
        steps.append(step)
    }

    /// The path of something in the directory.
    public func callAsFunction(_ name: String) -> String {
        Paths.join(path, name)
    }

    /// Writes a text file in the directory, with the directories above it, and returns its path.
    @discardableResult
    public func write(_ text: String, to name: String, mode: mode_t = 0o644) throws(SystemCallError) -> String {
        try write(Array(text.utf8), to: name, mode: mode)
    }

    /// Writes a file in the directory, with the directories above it, and returns its path.
    @discardableResult
    public func write(_ bytes: [UInt8], to name: String, mode: mode_t = 0o644) throws(SystemCallError) -> String {
        let file = self(name)
        if let parent = Paths.parent(file) { try Files.makeDirectories(parent) }
        try Files.write(bytes, to: file, mode: mode)
        return file
    }

    /// The bytes of a file in the directory.
    public func read(_ name: String) throws -> [UInt8] { try Files.read(self(name)) }

    /// Makes a directory in the directory and returns its path.
    @discardableResult
    public func makeDirectory(_ name: String) throws(SystemCallError) -> String {
        try Files.makeDirectories(self(name))
        return self(name)
    }

    /// Removes a tree without following links and without leaving its file system.
    public static func remove(_ path: String) {
        var top = stat()
        if lstat(path, &top) == 0 { remove(path, device: top.st_dev) }
    }

    private static func remove(_ path: String, device: dev_t) {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_dev == device else { return }
        if status.st_mode & S_IFMT != S_IFDIR {
            unlink(path)
            return
        }
        if status.st_mode & 0o700 != 0o700 { chmod(path, 0o700) }
        for name in (try? Files.list(path)) ?? [] { remove(Paths.join(path, name), device: device) }
        rmdir(path)
    }
}
