internal import CFiles
internal import Glibc

/// Reads a file block by block, and knows where it has nothing but zeros.
struct SparseReader: ~Copyable {
    /// Bytes of a block.
    static let block: Int64 = 64 << 10

    private let file: Int32
    private let buffer: UnsafeMutableRawBufferPointer
    /// The range that holds data according to the file system.
    private var data: Range<Int64> = 0..<0
    /// A block that was read and holds only zeros.
    private var zero: Range<Int64> = 0..<0

    init(file: Int32) {
        self.file = file
        buffer = .allocate(byteCount: Int(Self.block), alignment: 4096)
    }

    deinit { buffer.deallocate() }

    /// Returns the end of the whole blocks of zeros that begin at an offset, at most the size of the file.
    mutating func hole(at offset: Int64, size: Int64) -> Int64 {
        if zero.contains(offset) { return zero.upperBound }
        if data.contains(offset) { return offset }
        let start = mkosi_next_data(file, offset)
        if start < 0 {
            if errno == ENXIO { return size }
            // The file system does not report holes.
            data = offset..<Int64.max
            return offset
        }
        let end = mkosi_next_hole(file, start)
        data = start / Self.block * Self.block..<max(end, start + 1)
        return max(offset, data.lowerBound)
    }

    /// The bytes of the block at an offset; less at the end of the file.
    func bytes(at offset: Int64) throws(DigestError) -> UnsafeRawBufferPointer {
        var done = 0
        while done < buffer.count {
            let got = pread(file, buffer.baseAddress.map { $0 + done }, buffer.count - done, off_t(offset) + done)
            if got < 0 {
                let number = errno
                if number == EINTR { continue }
                throw DigestError(message: "cannot read: \(String(cString: strerror(number)))")
            }
            if got == 0 { break }
            done += got
        }
        return UnsafeRawBufferPointer(rebasing: buffer[..<done])
    }

    mutating func note(zero range: Range<Int64>) { zero = range }

    static func isZero(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let start = bytes.baseAddress, bytes.first == 0 else { return false }
        // Every byte equals the one after it, and the first is zero.
        return memcmp(start, start + 1, bytes.count - 1) == 0
    }
}
