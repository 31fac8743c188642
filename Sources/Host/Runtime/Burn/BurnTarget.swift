import Glibc
public import Support
import System

/// The target that an image is written to: a removable device, or a file in place of one.
///
/// It is open for as long as the value is there, so that a device cannot be mounted in the meantime.
public struct BurnTarget: ~Copyable, Sendable {
    /// The path that the user has given.
    public let path: String
    /// For people: `/dev/sdb (USB Flash Disk)`.
    public let title: String
    /// In bytes.
    public let size: UInt64
    /// Bytes in a sector; nil for a file, which has none of its own.
    public let sectorSize: UInt64?
    private let file: Descriptor

    /// Checks and opens the target.
    ///
    /// - Parameter path: A block device or a regular file.
    /// - Throws: one sentence for what must not be overwritten: a device that is not removable, a partition, something in use.
    public init(_ path: String) throws(Failure) {
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw Failure(
                .missing,
                "Cannot write to \(path)",
                hint: "Name a device, or make a file of the size that the disk is to have with truncate",
                cause: SystemCallError("stat", path, errno: errno)
            )
        }
        let isDevice = status.st_mode & S_IFMT == S_IFBLK
        guard isDevice || status.st_mode & S_IFMT == S_IFREG else {
            throw Failure(.usage, "\(path) is neither a block device nor a file")
        }
        let device = isDevice ? BlockDevice(status.st_rdev) : nil
        if let device { try device.check(path) }
        let file: Descriptor
        do throws(SystemCallError) {
            // The kernel refuses what is mounted or belongs to another device.
            file = try Descriptor.open(path, O_RDWR | O_NOCTTY | (isDevice ? O_EXCL : 0))
        } catch {
            guard error.errno == EBUSY else { throw Failure(.system, "Cannot write to \(path)", cause: error) }
            throw Failure(.busy, "\(path) is in use", hint: "Unmount its file systems")
        }
        var opened = stat()
        guard fstat(file.number, &opened) == 0, opened.st_mode == status.st_mode, opened.st_rdev == status.st_rdev
        else {
            throw Failure(.changed, "\(path) has changed while it was opened")
        }
        let end = lseek(file.number, 0, SEEK_END)
        guard end > 0 else { throw Failure(.missing, "\(path) has no room: it has a size of 0 bytes") }
        self.path = path
        title = device?.model.map { "\(path) (\($0))" } ?? path
        size = UInt64(end)
        sectorSize = device?.sectorSize
        self.file = file
    }

    /// The number of the open file, for calls that borrow it.
    var number: CInt { file.number }

    /// Makes sure that what was written has reached the medium, and that it is read from there again.
    func settle() throws(SystemCallError) {
        try systemCall("fsync", path) { fsync(file.number) }
        posix_fadvise(file.number, 0, 0, POSIX_FADV_DONTNEED)
    }
}
