import CShims
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
        let number = try systemCall("open", path) { Glibc.open(path, flags | O_CLOEXEC, mode) }
        return Descriptor(owning: number)
    }

    /// A pipe, both ends closed on exec.
    public static func pipe() throws(SystemCallError) -> Pipe {
        var ends: [CInt] = [0, 0]
        try systemCall("pipe2") { mkosi_pipe(&ends) }
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

    /// Writes all bytes, or throws.
    public func write(_ bytes: some Collection<UInt8>) throws(SystemCallError) {
        var rest = Array(bytes)[...]
        while !rest.isEmpty {
            let done = try systemCall("write") {
                rest.withUnsafeBytes { Glibc.write(number, $0.baseAddress, $0.count) }
            }
            rest = rest.dropFirst(done)
        }
    }

    public func setNonBlocking() {
        _ = fcntl(number, F_SETFL, fcntl(number, F_GETFL) | O_NONBLOCK)
    }
}

/// Both ends of a pipe.
public struct Pipe: ~Copyable, Sendable {
    public var reader: Descriptor
    public var writer: Descriptor

    /// Gives each end to an owner of its own.
    public consuming func split(_ reader: inout Descriptor?, _ writer: inout Descriptor?) {
        reader = consume self.reader
        writer = consume self.writer
    }
}
