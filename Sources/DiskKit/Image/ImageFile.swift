internal import Glibc
internal import System

/// The file of a disk image: sparse, and written at any place.
public struct ImageFile: ~Copyable, Sendable {
    public let path: String
    private let file: Descriptor

    /// Makes a file of nothing but a hole, or opens one that is there.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - size: Bytes of a new file; nil to open one.
    ///   - isWritable: Whether it is opened for writing.
    /// - Throws: `system` if that fails.
    public init(_ path: String, size: UInt64? = nil, isWritable: Bool = true) throws(DiskError) {
        let flags = size == nil ? isWritable ? O_RDWR : O_RDONLY : O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW
        let file = try DiskError.calling("open", path) { () throws(SystemCallError) in
            try Descriptor.open(path, flags, mode: 0o644)
        }
        if let size, ftruncate(file.number, off_t(size)) != 0 { throw DiskError.system("resize", path) }
        self.path = path
        self.file = file
    }

    /// An open file, with what to call it in messages.
    init(owning file: consuming Descriptor, path: String) {
        self.file = file
        self.path = path
    }

    /// The number of the open file, for calls that borrow it.
    public var descriptor: CInt { file.number }

    public func resize(to size: UInt64) throws(DiskError) {
        guard ftruncate(file.number, off_t(size)) == 0 else { throw DiskError.system("resize", path) }
    }

    /// Bytes of the file.
    public func size() throws(DiskError) -> UInt64 {
        guard let status = FileStatus(of: file.number) else { throw DiskError.system("look at", path) }
        return UInt64(status.size)
    }

    public func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(DiskError) {
        var done = 0
        while done < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[done...])
            let count = pwrite(file.number, rest.baseAddress, rest.count, off_t(offset) + off_t(done))
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw DiskError.system("write", path) }
            done += count
        }
    }

    public func write(_ bytes: [UInt8], at offset: UInt64) throws(DiskError) {
        var failure: DiskError?
        bytes.withUnsafeBytes { buffer in
            do throws(DiskError) { try write(buffer, at: offset) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    /// Writes zeros over a part of the file.
    public func clear(at offset: UInt64, count: UInt64) throws(DiskError) {
        let zeros = [UInt8](repeating: 0, count: Int(min(count, 1 << 20)))
        var done: UInt64 = 0
        while done < count {
            let part = min(UInt64(zeros.count), count - done)
            try write(part == UInt64(zeros.count) ? zeros : Array(zeros.prefix(Int(part))), at: offset + done)
            done += part
        }
    }

    /// Reads exactly as many bytes, or throws.
    public func read(at offset: UInt64, _ count: Int) throws(DiskError) -> [UInt8] {
        var done = 0
        var number: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            while done < count {
                let got = pread(
                    file.number,
                    buffer.baseAddress.map { $0 + done },
                    count - done,
                    off_t(offset) + off_t(done)
                )
                if got < 0, errno == EINTR { continue }
                number = got < 0 ? errno : 0
                if got <= 0 { break }
                done += got
            }
            initialized = done
        }
        guard done == count else {
            if number != 0 { throw DiskError.system("read", path, errno: number) }
            throw DiskError(.damaged, "\(path) ends before byte \(offset + UInt64(count))")
        }
        return bytes
    }

    /// Copies a part of an open file to a place here; blocks are shared where the file system can, holes stay.
    ///
    /// - Parameters:
    ///   - source: The file, whose own offset is changed.
    ///   - name: What to call it in messages.
    ///   - start: Where the part begins.
    ///   - count: Bytes of the part.
    ///   - offset: Where it goes.
    /// - Throws: `system` if reading or writing fails, or the file is shorter.
    public func copy(
        from source: CInt,
        _ name: String,
        at start: UInt64 = 0,
        count: UInt64,
        to offset: UInt64
    ) throws(DiskError) {
        let end = try DiskError.calling("copy", name) { () throws(SystemCallError) in
            let range = Int64(start)..<Int64(start + count)
            return try Files.copy(from: source, range, to: file.number, at: Int64(offset), name)
        }
        guard end == Int64(start + count) else {
            throw DiskError(.system, "\(name) became shorter while it was read")
        }
    }
}
