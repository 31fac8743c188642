internal import CFiles
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
        var status = mkosi_status()
        guard mkosi_status_of(file.number, &status) == 0 else { throw DiskError.system("look at", path) }
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
        let limit = start + count
        var position = start
        while position < limit {
            let data = mkosi_next_data(source, Int64(position))
            if data < 0, errno == ENXIO { return }
            // A file system that does not report holes has only data.
            let begin = data < 0 ? position : UInt64(data)
            guard begin < limit else { return }
            let hole = data < 0 ? -1 : mkosi_next_hole(source, data)
            let end = hole < 0 ? limit : min(UInt64(hole), limit)
            try copyData(from: source, name, begin..<end, to: offset + begin - start)
            position = end
        }
    }

    private func copyData(
        from source: CInt,
        _ name: String,
        _ range: Range<UInt64>,
        to offset: UInt64
    ) throws(DiskError) {
        guard lseek(source, off_t(range.lowerBound), SEEK_SET) >= 0, lseek(file.number, off_t(offset), SEEK_SET) >= 0
        else { throw DiskError.system("copy", name) }
        var done: UInt64 = 0
        let count = range.upperBound - range.lowerBound
        while done < count {
            let copied = mkosi_copy_range(source, file.number, Int(min(count - done, 1 << 30)))
            if copied > 0 {
                done += UInt64(copied)
                continue
            }
            if copied < 0, errno == EINTR { continue }
            if copied < 0, [EXDEV, EINVAL, ENOSYS, EOPNOTSUPP, EPERM].contains(errno) {
                return try copyByReading(
                    from: source,
                    name,
                    range.lowerBound + done..<range.upperBound,
                    to: offset + done
                )
            }
            if copied == 0 { throw DiskError(.system, "\(name) became shorter while it was read") }
            throw DiskError.system("write", path)
        }
    }

    private func copyByReading(
        from source: CInt,
        _ name: String,
        _ range: Range<UInt64>,
        to offset: UInt64
    ) throws(DiskError) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 4096)
        defer { buffer.deallocate() }
        var position = range.lowerBound
        while position < range.upperBound {
            let wanted = Int(min(UInt64(buffer.count), range.upperBound - position))
            let got = pread(source, buffer.baseAddress, wanted, off_t(position))
            if got < 0, errno == EINTR { continue }
            if got < 0 { throw DiskError.system("read", name) }
            if got == 0 { throw DiskError(.system, "\(name) became shorter while it was read") }
            try write(UnsafeRawBufferPointer(rebasing: buffer[..<got]), at: offset + position - range.lowerBound)
            position += UInt64(got)
        }
    }
}
