import Glibc

/// An input as a file, for what reads descriptors.
struct FuzzFile: ~Copyable {
    let descriptor: CInt

    /// - Parameters:
    ///   - bytes: What the file begins with.
    ///   - size: Its size, if that is more.
    init(_ bytes: [UInt8], size: Int = 0) {
        descriptor = memfd_create("input", 0)
        _ = write(descriptor, bytes, bytes.count)
        if size > bytes.count { ftruncate(descriptor, off_t(size)) }
        lseek(descriptor, 0, SEEK_SET)
    }

    deinit { close(descriptor) }
}
