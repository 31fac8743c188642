internal import CFiles
internal import Glibc

extension Files {
    /// Copies a part of an open file to a place in another one; blocks are shared where the file system can, holes stay.
    ///
    /// The descriptors' own offsets are not used, but that of the source changes. Where the source has a hole, the target
    /// keeps what it has there: usually it is new and a hole itself.
    ///
    /// - Parameters:
    ///   - source: The file that is read.
    ///   - range: Bytes of the source.
    ///   - target: The file that is written.
    ///   - offset: Where the first byte of the range goes.
    ///   - subject: What to call the copy in errors.
    /// - Returns: The end of what was copied: that of the range, or that of a source which is shorter.
    /// - Throws: What read(2) or write(2) said.
    @discardableResult
    public static func copy(
        from source: CInt,
        _ range: Range<Int64>,
        to target: CInt,
        at offset: Int64,
        _ subject: String? = nil
    ) throws(SystemCallError) -> Int64 {
        var position = range.lowerBound
        while position < range.upperBound {
            let data = mkosi_next_data(source, position)
            // The rest is a hole, or behind the end.
            if data < 0, errno == ENXIO {
                return max(position, min(range.upperBound, Int64(lseek(source, 0, SEEK_END))))
            }
            // A file system that does not report holes has only data.
            let start = max(data, position)
            guard start < range.upperBound else { break }
            let hole = data < 0 ? -1 : mkosi_next_hole(source, data)
            let end = hole > start ? min(hole, range.upperBound) : range.upperBound
            position = try copyData(
                from: source,
                start..<end,
                to: target,
                at: offset + start - range.lowerBound,
                subject
            )
            if position < end { return position }
        }
        return range.upperBound
    }

    private static func copyData(
        from source: CInt,
        _ range: Range<Int64>,
        to target: CInt,
        at offset: Int64,
        _ subject: String?
    ) throws(SystemCallError) -> Int64 {
        var position = range.lowerBound
        while position < range.upperBound {
            let place = offset + position - range.lowerBound
            let copied = mkosi_copy_range(
                source,
                position,
                target,
                place,
                Int(min(range.upperBound - position, 1 << 30))
            )
            if copied < 0, errno == EINTR { continue }
            // Not between these two file systems, or not from this one, as /proc: what else is wrong is said by write(2).
            if copied <= 0 {
                return try copyByReading(from: source, position..<range.upperBound, to: target, at: place, subject)
            }
            position += Int64(copied)
        }
        return position
    }

    private static func copyByReading(
        from source: CInt,
        _ range: Range<Int64>,
        to target: CInt,
        at offset: Int64,
        _ subject: String?
    ) throws(SystemCallError) -> Int64 {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 4096)
        defer { buffer.deallocate() }
        var position = range.lowerBound
        while position < range.upperBound {
            let wanted = Int(min(Int64(buffer.count), range.upperBound - position))
            let count = try systemCall("read", subject) { pread(source, buffer.baseAddress, wanted, off_t(position)) }
            if count == 0 { break }
            var rest = UnsafeRawBufferPointer(rebasing: buffer[..<count])
            while !rest.isEmpty {
                let place = off_t(offset + position - range.lowerBound)
                let done = try systemCall("write", subject) { pwrite(target, rest.baseAddress, rest.count, place) }
                rest = UnsafeRawBufferPointer(rebasing: rest[done...])
                position += Int64(done)
            }
        }
        return position
    }

    /// Copies all of an open file to an empty one.
    ///
    /// - Parameters:
    ///   - source: A regular file.
    ///   - size: The bytes that the copy has in any case; nil for as many as there are.
    ///   - target: An empty file.
    ///   - subject: What to call the copy in errors.
    /// - Throws: What the system call said that failed.
    public static func copyAll(
        from source: CInt,
        size: Int64? = nil,
        to target: CInt,
        _ subject: String? = nil
    ) throws(SystemCallError) {
        if mkosi_clone_file(target, source) == 0 { return }
        // Files of /proc have no size until they are read.
        let end = try copy(from: source, 0..<(size ?? .max / 2), to: target, at: 0, subject)
        // A hole at the end has no bytes that could be written.
        try systemCall("ftruncate", subject) { ftruncate(target, off_t(size ?? end)) }
    }

    /// Copies a regular file to a new one, whose mode is `mode` without what the mask takes away.
    ///
    /// - Throws: The call that failed: `EEXIST` if there is something at `path`.
    public static func copy(_ source: String, to path: String, mode: UInt32 = 0o644) throws(SystemCallError) {
        let input = try openRegular(source)
        let output = try Descriptor.open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: mode)
        try copyAll(from: input.number, to: output.number, path)
    }
}
