internal import CFiles
internal import Glibc

/// An open file that is closed with its owner.
public struct Descriptor: ~Copyable, Sendable {
    /// The number; it stays the property of this value.
    public let raw: Int32

    /// Takes over an open descriptor.
    public init(owning raw: Int32) {
        self.raw = raw
    }

    /// Opens a file, closed on exec.
    public init(path: String, flags: Int32, mode: UInt32 = 0) throws(ImageError) {
        let raw = retrying { mkosi_file_open(path, flags, mode) }
        guard raw >= 0 else { throw ImageError(.input, cannot: "open", path) }
        self.raw = raw
    }

    deinit {
        close(raw)
    }

    /// Closes it now and says whether the kernel had something to complain about.
    public consuming func finish(path: String) throws(ImageError) {
        let result = close(raw)
        let number = errno
        discard self
        guard result == 0 else { throw ImageError(.output, cannot: "write", path, number: number) }
    }
}

/// Makes a system call again for as long as a signal interrupts it.
func retrying<Result: SignedInteger>(_ call: () -> Result) -> Result {
    while true {
        let result = call()
        if result != -1 || errno != EINTR { return result }
    }
}

/// Writes all of the bytes at the descriptor's own offset; false with errno when the kernel refuses.
func writeAll(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Bool {
    var rest = bytes
    while !rest.isEmpty {
        let written = retrying { write(descriptor, rest.baseAddress, rest.count) }
        if written < 0 { return false }
        rest = UnsafeRawBufferPointer(rebasing: rest[written...])
    }
    return true
}
