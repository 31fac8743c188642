import Glibc

/// An input as a file of the empty directory that the sandbox has, for what reads descriptors.
struct FuzzFile: ~Copyable {
    let descriptor: CInt

    /// - Parameters:
    ///   - bytes: What the file begins with.
    ///   - size: Its size, if that is more.
    init(_ bytes: [UInt8], size: Int = 0) {
        descriptor = open("/tmp/input", O_RDWR | O_CREAT | O_TRUNC, 0o600)
        _ = write(descriptor, bytes, bytes.count)
        if size > bytes.count { ftruncate(descriptor, off_t(size)) }
        lseek(descriptor, 0, SEEK_SET)
    }

    deinit { close(descriptor) }
}
