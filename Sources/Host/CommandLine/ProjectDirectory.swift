import Glibc
import Support
import System

/// A directory below that of a project, opened for what mkosi itself keeps there.
///
/// Scripts of the build that has just ended could write to the project: a link in the place of such a directory would lead
/// to any other directory of the user.
struct ProjectDirectory: ~Copyable {
    private let directory: Descriptor

    /// Opens the directory.
    ///
    /// - Parameters:
    ///   - path: The directory of the project.
    ///   - names: The directories on the way, none of which may be a link.
    ///   - creates: True to make those that are missing, for their owner alone.
    /// - Throws: `ELOOP` or `ENOTDIR` for a link, `ENOENT` if nothing is there.
    init(_ path: String, _ names: [String] = [], creates: Bool = false) throws(SystemCallError) {
        var opened = try Descriptor.open(path, O_RDONLY | O_DIRECTORY)
        var reached = path
        for name in names {
            reached = Paths.join(reached, name)
            if creates, mkdirat(opened.number, name, 0o700) != 0, errno != EEXIST {
                throw SystemCallError("mkdir", reached, errno: errno)
            }
            let (parent, shown) = (opened.number, reached)
            let number = try systemCall("open", shown) {
                openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            }
            opened = Descriptor(owning: number)
        }
        directory = opened
    }

    /// Writes a file so that a reader sees the old content or the new; what was there is replaced, and not followed.
    func write(_ bytes: some Collection<UInt8>, as name: String, mode: UInt32) throws(SystemCallError) {
        try Files.write(bytes, to: "/proc/self/fd/\(directory.number)/\(name)", mode: mode)
    }

    /// Removes a file; one that is not there is no failure.
    func remove(_ name: String) { unlinkat(directory.number, name, 0) }
}
