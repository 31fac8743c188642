import CFiles
import Glibc
import Support
import System

/// The right to make the layer of a key, which one thread of one process has at a time.
///
/// The kernel gives it back when the process ends, however it ends; a file that stays is of use to the next.
struct MakingLock: ~Copyable {
    private let path: String
    private let file: Descriptor

    static let prefix = "making-"

    private init(path: String, file: consuming Descriptor) {
        self.path = path
        self.file = file
    }

    /// Acquires the lock; nil while it is held elsewhere.
    static func take(_ path: String) throws(SystemCallError) -> MakingLock? {
        while true {
            let file = try Descriptor.open(path, O_RDWR | O_CREAT | O_NOFOLLOW, mode: 0o600)
            if mkosi_lock(file.number, LOCK_EX | LOCK_NB) != 0 {
                if errno == EWOULDBLOCK { return nil }
                throw SystemCallError("flock", path, errno: errno)
            }
            // The previous holder removes the file: then the lock is on a file that is no longer reachable.
            guard let locked = FileStatus(of: file.number), let named = FileStatus(at: path),
                locked.isSameFile(as: named)
            else { continue }
            return MakingLock(path: path, file: file)
        }
    }

    deinit {
        // Removed while it is still locked, so that it cannot belong to another holder.
        unlink(path)
    }
}
