import Glibc
import Synchronization
import System

/// File systems that tell changes apart without a wait.
///
/// Since Linux 6.13 a change of a file whose time of change was read gets a time of its own on ext4, XFS, Btrfs and tmpfs
/// (`Documentation/filesystems/multigrain-ts.rst` of the kernel).
extension ChangeClock {
    /// `O_TMPFILE` of open(2), a macro that Swift does not see: it has the bit of `O_DIRECTORY`.
    private static let unnamed: CInt = 0o20_000_000 | O_DIRECTORY

    /// The answer for each device.
    private static let known = Mutex<[UInt64: Bool]>([:])

    /// Waits until a change of what is on the directory's file system has another time than any that was read before.
    public static func wait(in directory: String) {
        if !tellsReadTimesApart(in: directory) { wait(past: now) }
    }

    /// True if each change of a file gets another time of change than the one that was read before it, however short ago.
    ///
    /// It is false if that cannot be tried out in the directory.
    public static func tellsReadTimesApart(in directory: String) -> Bool {
        // The file never gets a name, so nothing is left of it.
        guard let file = try? Descriptor.open(directory, O_RDWR | unnamed, mode: 0o600) else { return false }
        guard let status = FileStatus(of: file.number) else { return false }
        if let answer = known.withLock({ $0[status.device] }) { return answer }
        let answer = tellsReadTimesApart(of: file, since: status.changed)
        known.withLock { $0[status.device] = answer }
        return answer
    }

    /// Changes the file a few times in a row.
    ///
    /// A clock that advances in steps rarely makes one within a single change, and never one within each of them.
    private static func tellsReadTimesApart(of file: borrowing Descriptor, since first: FileTime) -> Bool {
        var last = first
        for mode: mode_t in [0o400, 0o600, 0o400, 0o600, 0o400, 0o600] {
            guard fchmod(file.number, mode) == 0, let now = FileStatus(of: file.number)?.changed, now != last else {
                return false
            }
            last = now
        }
        return true
    }
}
