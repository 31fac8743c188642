import Glibc
public import System

/// Directories that belong to the user who runs the program, and that others cannot prepare for them.
///
/// In a directory that others may write to, such as `/var/tmp`, anyone can take a name first, or put a link there. So
/// what is found below one has to belong to this user or to root, and no link is followed.
public enum PrivateDirectory {
    /// The access that other users have to a directory.
    public enum Access: Sendable {
        /// It may be any directory in which no other user can replace what this one creates, such as `/var/tmp`.
        case shared
        /// Other users may not change it; they may look at it.
        case unwritable
        /// Other users may not enter it: mode 0700, which an existing directory is given.
        case closed
    }

    private static let hint = "Remove it, or set $XDG_CACHE_HOME to your own directory"

    /// Creates a directory and those above it, or checks one that exists.
    ///
    /// - Throws: `Failure` that names the component which belongs to another user, is a link in a directory that others
    ///   may write to, or may be changed by others.
    public static func make(_ path: String, access: Access = .closed) throws(Failure) {
        var current = "/"
        var parent = try status(of: current, followsLinks: true)
        for part in Paths.components(Paths.absolute(path)) {
            let next = Paths.join(current, String(part))
            let isPrivate = parent.st_mode & 0o002 != 0 || next == path && access == .closed
            if mkdir(next, isPrivate ? 0o700 : 0o755) != 0, errno != EEXIST {
                throw Failure(
                    .system,
                    "Cannot create the directory \(path)",
                    cause: SystemCallError("mkdir", next, errno: errno)
                )
            }
            let own = try status(of: next, followsLinks: false)
            if parent.st_mode & 0o002 != 0 { try check(next, own) }
            parent = try status(of: next, followsLinks: true)
            current = next
        }
        try checkTarget(path, access)
    }

    /// Opens a file in a private directory for a lock: a regular file of this user, created where there is none.
    public static func openFile(_ name: String, in directory: String) throws(Failure) -> Descriptor {
        try make(directory, access: .unwritable)
        let path = Paths.join(directory, name)
        do throws(SystemCallError) {
            // A pipe or a device in its place must neither block nor react.
            let flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY
            let file = try Descriptor.open(path, flags, mode: 0o600)
            var status = stat()
            try systemCall("fstat", path) { fstat(file.number, &status) }
            guard status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid(), status.st_nlink <= 1 else {
                throw SystemCallError("open", path, errno: EPERM)
            }
            // An earlier version let everybody read who builds what.
            try systemCall("fchmod", path) { fchmod(file.number, 0o600) }
            return file
        } catch {
            throw Failure(.system, "Cannot use the lock file \(path)", hint: hint, cause: error)
        }
    }

    /// Returns true if a directory belongs to this user, and no other user but root can replace it or what is in it.
    ///
    /// The path has to be absolute, and without links.
    public static func isOwn(_ path: String) -> Bool {
        guard let own = try? status(of: path, followsLinks: false), own.st_mode & S_IFMT == S_IFDIR,
            own.st_uid == geteuid(), own.st_mode & 0o022 == 0
        else { return false }
        var next = Paths.parent(path)
        while let parent = next {
            guard let above = try? status(of: parent, followsLinks: false), [geteuid(), 0].contains(above.st_uid),
                above.st_mode & 0o022 == 0 || above.st_mode & 0o1000 != 0
            else { return false }
            next = Paths.parent(parent)
        }
        return true
    }

    private static func status(of path: String, followsLinks: Bool) throws(Failure) -> stat {
        var result = stat()
        if (followsLinks ? stat(path, &result) : lstat(path, &result)) == 0 { return result }
        throw Failure(.system, "Cannot use \(path)", cause: SystemCallError("stat", path, errno: errno))
    }

    /// Checks what is in a directory that others may write to.
    private static func check(_ path: String, _ status: stat) throws(Failure) {
        let user = status.st_uid
        guard user == geteuid() || user == 0 else {
            throw Failure(.untrusted, "Cannot use \(path): it belongs to user \(user)", hint: hint)
        }
        // Whoever may write there can create a link, but not one of this user or of root.
        if status.st_mode & S_IFMT != S_IFDIR, status.st_mode & S_IFMT != S_IFLNK {
            throw Failure(.untrusted, "Cannot use \(path): it is not a directory", hint: hint)
        }
    }

    private static func checkTarget(_ path: String, _ access: Access) throws(Failure) {
        let status = try status(of: path, followsLinks: true)
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw Failure(.untrusted, "Cannot use \(path): it is not a directory", hint: hint)
        }
        guard access == .shared || status.st_uid == geteuid() else {
            throw Failure(.untrusted, "Cannot use \(path): it belongs to user \(status.st_uid)", hint: hint)
        }
        switch access {
        case .shared:
            guard status.st_mode & 0o002 == 0 || status.st_mode & 0o1000 != 0 else {
                throw Failure(
                    .untrusted,
                    "Cannot use \(path): all users can write to it, and it is not sticky",
                    hint: "Run: chmod +t \(path)"
                )
            }
        case .unwritable:
            guard status.st_mode & 0o022 == 0 else {
                throw Failure(
                    .untrusted,
                    "Cannot use \(path): other users can write to it",
                    hint: "Run: chmod go-w \(path)"
                )
            }
        case .closed:
            if status.st_mode & 0o077 == 0 || chmod(path, 0o700) == 0 { return }
            throw Failure(
                .system,
                "Cannot close \(path) to other users",
                cause: SystemCallError("chmod", path, errno: errno)
            )
        }
    }
}
