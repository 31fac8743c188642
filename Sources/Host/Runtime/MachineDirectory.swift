import Glibc
public import Support
import System

/// A directory for the files of a running machine, which goes with the value.
///
/// Only this user can replace it or anything in it, so programs may be given paths of it.
public struct MachineDirectory: ~Copyable {
    /// Absolute, and without links.
    public let path: String
    private let directory: Descriptor

    /// Makes the directory.
    ///
    /// - Parameter runtimeDirectory: `$XDG_RUNTIME_DIR`, which may be another user's after `sudo -E` and su(1): it is
    ///   ignored unless it belongs to this user alone, and the directory is made in `/tmp`.
    /// - Throws: a failure where there is no directory that other users cannot change.
    public init(runtimeDirectory: String?) throws(Failure) {
        // Nothing is set before the last error: the compiler releases what is not there yet.
        let path = try Self.make(in: Self.parent(runtimeDirectory))
        let directory = try Self.open(path)
        self.path = path
        self.directory = directory
    }

    deinit {
        Self.empty(directory.number)
        rmdir(path)
    }

    private static func parent(_ runtimeDirectory: String?) throws(Failure) -> String {
        if let runtimeDirectory, Paths.isAbsolute(runtimeDirectory), let place = Paths.resolved(runtimeDirectory),
            PrivateDirectory.isOwn(place)
        {
            return place
        }
        // Sockets have short paths.
        try PrivateDirectory.make("/tmp", access: .shared)
        return "/tmp"
    }

    private static func make(in parent: String) throws(Failure) -> String {
        var template = Array(Paths.join(parent, "mkosi-vm-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { throw failure(SystemCallError("mkdtemp", parent, errno: errno)) }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func open(_ path: String) throws(Failure) -> Descriptor {
        do throws(SystemCallError) {
            return try .open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
        } catch {
            rmdir(path)
            throw failure(error)
        }
    }

    private static func failure(_ cause: SystemCallError) -> Failure {
        Failure(.system, "Cannot make a directory for the virtual machine", cause: cause)
    }

    /// Writes a new file that no other user can read, and returns its path.
    func write(_ bytes: [UInt8], as name: String) throws(Failure) -> String {
        do throws(SystemCallError) {
            let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW
            let file = try Descriptor.open("/proc/self/fd/\(directory.number)/\(name)", flags, mode: 0o600)
            try file.write(bytes)
        } catch {
            throw Failure(.system, "Cannot write \(Paths.join(path, name))", cause: error)
        }
        return Paths.join(path, name)
    }

    /// Makes a directory that no other user can enter, and returns its path.
    func makeDirectory(_ name: String) throws(SystemCallError) -> String {
        try systemCall("mkdirat", Paths.join(path, name)) { mkdirat(directory.number, name, 0o700) }
        return Paths.join(path, name)
    }

    /// Removes what is in an open directory, wherever that is by now, and follows no link.
    private static func empty(_ directory: CInt) {
        for name in (try? DirectoryReader.names(in: directory)) ?? [] {
            if name.withCString({ unlinkat(directory, $0, 0) }) == 0 { continue }
            // swtpm(8) has a directory for its state.
            try? emptyDirectory(name, in: directory)
            _ = name.withCString { unlinkat(directory, $0, AT_REMOVEDIR) }
        }
    }

    private static func emptyDirectory(_ name: BytePath, in directory: CInt) throws(SystemCallError) {
        let place = "/proc/self/fd/\(directory)/\(name.string)"
        let inner = try Descriptor.open(place, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
        empty(inner.number)
        withExtendedLifetime(inner.number) {}
    }
}
