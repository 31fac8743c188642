import ByteKeys
import CFiles
import Configuration
import Display
import Execution
import Glibc
import Support
import System

/// The right to change a directory that several images have in common, of this build and of others.
///
/// It ends with the value, or with the process.
final class DirectoryClaim: Sendable {
    private let file: Descriptor

    /// Waits for the claim; calls `onWait` once if it is held elsewhere.
    ///
    /// `path` is the directory itself, or a lock file for it, which is created if missing.
    init(
        _ path: String,
        isDirectory: Bool,
        cancellation: Cancellation,
        onWait: () -> Void = {}
    ) throws(Failure) {
        if isDirectory {
            do throws(SystemCallError) {
                file = try Descriptor.open(path, O_RDONLY | O_DIRECTORY)
            } catch {
                throw Failure(.system, "Cannot lock \(path)", cause: error)
            }
        } else {
            file = try PrivateDirectory.openFile(Paths.name(path), in: Paths.parent(path) ?? "/")
        }
        var pause: UInt32 = 0
        while mkosi_lock(file.number, LOCK_EX | LOCK_NB) != 0 {
            let reason = errno
            guard reason == EWOULDBLOCK || reason == EINTR else {
                throw Failure(.system, "Cannot lock \(path)", cause: SystemCallError("flock", path, errno: reason))
            }
            if pause == 0 { onWait() }
            try cancellation.check()
            // flock(2) cannot be combined with poll(2), so the lock is polled.
            pause = min(50_000, pause + 2000)
            usleep(pause)
        }
    }
}
