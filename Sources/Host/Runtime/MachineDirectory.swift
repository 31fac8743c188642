import CFiles
import Glibc
public import Support
import System

/// A directory for the files of a running machine, removed together with the value.
///
/// Only this user can replace it or anything in it, so programs may be given paths of it. It is locked as long as the value
/// exists: what a process that was killed has left, credentials among it, is not, and the next one removes it.
public struct MachineDirectory: ~Copyable {
    /// Absolute, and without links.
    public let path: String
    private let directory: Descriptor
    private static let prefix = "mkosi-vm-"

    /// Makes the directory.
    ///
    /// - Parameter runtimeDirectory: `$XDG_RUNTIME_DIR`, which may be another user's after `sudo -E` and su(1): it is
    ///   ignored unless it belongs to this user alone, and the directory is made in `/tmp`.
    /// - Throws: a failure where there is no directory that other users cannot change.
    public init(runtimeDirectory: String?) throws(Failure) {
        let parent = try Self.parent(runtimeDirectory)
        Self.removeLeftOvers(in: parent)
        while true {
            let path = try Self.make(in: parent)
            // In the moment before it is locked, another process may take it for left over, and remove it.
            guard let directory = try Self.open(path) else { continue }
            // Nothing is set before the last error: the compiler releases what is not there yet.
            self.path = path
            self.directory = directory
            return
        }
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
        do throws(SystemCallError) {
            return try Files.makePrivateDirectory(Paths.join(parent, prefix))
        } catch {
            throw failure(error)
        }
    }

    /// Opens and locks a new directory; nil if it is gone.
    private static func open(_ path: String) throws(Failure) -> Descriptor? {
        do throws(SystemCallError) {
            let directory = try Descriptor.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
            guard mkosi_lock(directory.number, LOCK_SH | LOCK_NB) == 0 else { return nil }
            var status = stat()
            try systemCall("fstat", path) { fstat(directory.number, &status) }
            if status.st_nlink == 0 { return nil }
            return directory
        } catch {
            if error.errno == ENOENT { return nil }
            rmdir(path)
            throw failure(error)
        }
    }

    /// Removes the directories of this user that no process has locked.
    private static func removeLeftOvers(in parent: String) {
        for name in (try? Files.list(parent)) ?? [] where name.hasPrefix(prefix) {
            let path = Paths.join(parent, name)
            guard let directory = try? Descriptor.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW) else { continue }
            var status = stat()
            guard fstat(directory.number, &status) == 0, status.st_uid == geteuid(),
                mkosi_lock(directory.number, LOCK_EX | LOCK_NB) == 0
            else { continue }
            empty(directory.number)
            rmdir(path)
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
