import CFiles
public import Crypto
import Glibc
public import PluginWire
public import System

/// A directory of the cache or the workspace, as the plugin itself uses it, which runs outside of every sandbox.
///
/// Commands in the sandbox can write there as well, and what a project brings may run among them: a link in the place of
/// a directory or a file would lead the plugin to files of the user. So no link is followed, neither on the way to the
/// directory nor in it, and names from outside are names of files.
public final class ConfinedDirectory: Sendable {
    /// For the host, and for commands in the sandbox.
    public let path: String
    private let descriptor: Descriptor

    /// Opens a directory, after making it and those above it as far as they are missing.
    ///
    /// - Parameters:
    ///   - base: A directory that no command can replace.
    ///   - place: A path below it; empty for the directory itself.
    ///   - mode: The permission bits of what is made.
    /// - Throws: `untrusted` if there is something else in the place of a directory.
    public convenience init(_ base: String, _ place: String, mode: UInt32 = 0o755) throws(ErrorObject) {
        let start: Descriptor
        do throws(SystemCallError) {
            start = try Descriptor.open(base, O_RDONLY | O_DIRECTORY)
        } catch {
            throw SystemFile.failure("open", base, number: error.errno)
        }
        try self.init(start, base, place, mode)
    }

    private init(_ start: consuming Descriptor, _ base: String, _ place: String, _ mode: UInt32) throws(ErrorObject) {
        var path = base
        var current = start
        for part in Paths.components(place) {
            guard let name = FileName(String(part)) else {
                throw ErrorObject(code: .untrusted, message: "\(place) is not the path of a directory", subject: place)
            }
            path = name.path(in: path)
            if mkdirat(current.number, name.text, mode) != 0, errno != EEXIST {
                throw SystemFile.failure("make the directory", path)
            }
            let number = mkosi_file_openat(current.number, name.text, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0)
            guard number >= 0 else {
                if errno != ELOOP, errno != ENOTDIR { throw SystemFile.failure("open", path) }
                throw ErrorObject(
                    code: .untrusted,
                    message: "\(path) is not a directory: something has put a link or a file in its place",
                    hint: "Remove it",
                    subject: path
                )
            }
            current = Descriptor(owning: number)
        }
        self.path = path
        descriptor = current
    }

    /// Opens a directory below this one in the same way.
    public func directory(_ place: String) throws(ErrorObject) -> ConfinedDirectory {
        let number = mkosi_file_openat(descriptor.number, ".", O_RDONLY | O_DIRECTORY, 0)
        guard number >= 0 else { throw SystemFile.failure("open", path) }
        return try ConfinedDirectory(Descriptor(owning: number), path, place, 0o755)
    }

    /// The path of a file, for the host and for commands; the host replaces what is there.
    public func path(of name: String) -> String { Paths.join(path, name) }

    /// The regular file of a name; nil if there is none, or something else.
    public func open(_ name: String) -> Descriptor? {
        guard let name = FileName(name) else { return nil }
        let flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY
        let number = mkosi_file_openat(descriptor.number, name.text, flags, 0)
        guard number >= 0 else { return nil }
        let file = Descriptor(owning: number)
        var status = stat()
        guard fstat(file.number, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return file
    }

    /// The bytes of a regular file; nil when there is none, or it has more than `limit`.
    public func read(_ name: String, limit: Int = .max) -> [UInt8]? {
        guard let size = size(name), size <= limit, let file = open(name) else { return nil }
        return try? Descriptor.readAll(file.number)
    }

    /// The bytes of a regular file; nil when there is none.
    public func size(_ name: String) -> Int? {
        guard let file = open(name) else { return nil }
        var status = stat()
        return fstat(file.number, &status) == 0 ? Int(status.st_size) : nil
    }

    /// The digest of a regular file in hexadecimal; nil when there is none.
    public func digest(_ name: String, _ function: Digest.Function = .sha256) throws(DigestError) -> String? {
        guard let file = open(name) else { return nil }
        var digest = try Digest(function)
        _ = try digest.update(descriptor: file.number)
        return digest.finish()
    }

    /// Removes a file, or a link itself.
    public func remove(_ name: String) {
        if let name = FileName(name) { unlinkat(descriptor.number, name.text, 0) }
    }

    /// Removes what is in the place of a regular file.
    public func removeStrange(_ name: String) {
        if size(name) == nil { remove(name) }
    }

    /// Writes a file, in the place of what was there; who reads meanwhile finds one or the other.
    public func write(_ name: String, _ bytes: [UInt8], mode: UInt32 = 0o644) throws(ErrorObject) {
        guard let file = FileName(name), let partial = FileName(".\(name).\(getpid())") else {
            throw SystemFile.failure("write", path(of: name), number: EINVAL)
        }
        unlinkat(descriptor.number, partial.text, 0)
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW
        let number = mkosi_file_openat(descriptor.number, partial.text, flags, 0o600)
        guard number >= 0 else { throw SystemFile.failure("write", path(of: name)) }
        let open = Descriptor(owning: number)
        let directory = descriptor.number
        do throws(SystemCallError) {
            try open.write(bytes)
            try systemCall("fchmod") { fchmod(open.number, mode) }
            try systemCall("renameat") { renameat(directory, partial.text, directory, file.text) }
        } catch {
            unlinkat(directory, partial.text, 0)
            throw SystemFile.failure("write", path(of: name), number: error.errno)
        }
    }

    /// The names in the directory, sorted.
    public var names: [String] { ((try? DirectoryReader.names(in: descriptor.number)) ?? []).map(\.string) }
}
