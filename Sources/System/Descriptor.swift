import CFiles
import Glibc

/// A file descriptor with one owner, closed at the end of its life.
public struct Descriptor: ~Copyable, Sendable {
    /// The number, for calls that borrow it.
    public let number: CInt

    public init(owning number: CInt) {
        self.number = number
    }

    deinit {
        _ = Glibc.close(number)
    }

    /// Gives the number away; the caller closes it.
    public consuming func release() -> CInt {
        let number = number
        discard self
        return number
    }

    public static func open(
        _ path: String,
        _ flags: CInt,
        mode: UInt32 = 0o644
    ) throws(SystemCallError) -> Descriptor {
        // C would end the path there, and open another file than the one that was checked.
        if path.utf8.contains(0) { throw SystemCallError("open", path, errno: EINVAL) }
        let number = try systemCall("open", path) { Glibc.open(path, flags | O_CLOEXEC, mode) }
        return Descriptor(owning: number)
    }

    /// A pipe, both ends closed on exec.
    public static func pipe() throws(SystemCallError) -> Pipe {
        var ends: [CInt] = [0, 0]
        try systemCall("pipe2") { mkosi_file_pipe(&ends) }
        return Pipe(reader: Descriptor(owning: ends[0]), writer: Descriptor(owning: ends[1]))
    }

    /// A file in memory with some bytes, to be read from its beginning; no path leads to it.
    public static func inMemory(_ bytes: some Collection<UInt8>, label: String) throws(SystemCallError) -> Descriptor {
        let file = Descriptor(owning: try systemCall("memfd_create", label) { mkosi_memory_file(label) })
        try file.write(bytes)
        try systemCall("lseek", label) { lseek(file.number, 0, SEEK_SET) }
        return file
    }

    /// Reads at most `limit` bytes; an empty array means the end.
    public func read(upTo limit: Int) throws(SystemCallError) -> [UInt8] {
        var failure: SystemCallError?
        let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            do throws(SystemCallError) {
                count = try systemCall("read") { Glibc.read(number, buffer.baseAddress, limit) }
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return bytes
    }

    /// All that a descriptor of the caller's still has to give.
    public static func readAll(_ number: CInt, _ subject: String? = nil) throws(SystemCallError) -> [UInt8] {
        var bytes: [UInt8] = []
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = try systemCall("read", subject) { Glibc.read(number, buffer.baseAddress, buffer.count) }
            if count == 0 { return bytes }
            bytes += buffer[..<count]
        }
    }

    /// Writes all bytes, or throws.
    public func write(_ bytes: some Collection<UInt8>) throws(SystemCallError) {
        try writeAll(number, bytes)
    }

    /// Closes it now, and throws what the kernel still had to say of what was written (close(2)).
    public consuming func close(_ subject: String? = nil) throws(SystemCallError) {
        // Never again after EINTR: on Linux the number is free by then, and may be another thread's.
        let result = Glibc.close(number)
        let reason = errno
        discard self
        if result != 0, reason != EINTR { throw SystemCallError("close", subject, errno: reason) }
    }

    public func setNonBlocking() {
        _ = fcntl(number, F_SETFL, fcntl(number, F_GETFL) | O_NONBLOCK)
    }
}

/// Both ends of a pipe.
public struct Pipe: ~Copyable, Sendable {
    public var reader: Descriptor
    public var writer: Descriptor

    /// Gives the numbers away; the caller closes both.
    public consuming func release() -> (reader: CInt, writer: CInt) {
        (reader.release(), writer.release())
    }

    /// Gives each end to an owner of its own.
    public consuming func split(_ reader: inout Descriptor?, _ writer: inout Descriptor?) {
        reader = consume self.reader
        writer = consume self.writer
    }
}
