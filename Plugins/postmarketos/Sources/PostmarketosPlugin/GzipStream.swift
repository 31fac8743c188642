import CZlib

/// One compressed stream (RFC 1952), decompressed to find where it ends.
///
/// A package consists of several, and what apk reads next begins exactly where one ends: a guess by magic numbers is not enough
/// to tell what a mirror may have put there. zlib stops behind each stream and checks its length and checksum (zlib.h, inflate).
struct GzipStream {
    /// The decompressed bytes.
    private(set) var content: [UInt8] = []
    /// The offset behind the stream.
    private(set) var end = 0

    private static let blockSize = 1 << 16

    /// Reads the stream that begins at an offset; nil if there is none, it is damaged, or has more than `limit` bytes in it.
    init?(_ bytes: [UInt8], at start: Int, limit: Int) {
        guard bytes.indices.contains(start) else { return nil }
        var stream = z_stream()
        // zlib keeps the address of its state's owner, which therefore must not move.
        let length = withUnsafeMutablePointer(to: &stream) { stream -> Int? in
            guard mkosi_zlib_inflate_gzip(stream) == Z_OK else { return nil }
            defer { inflateEnd(stream) }
            return bytes.withUnsafeBufferPointer { bytes in
                let rest = UnsafeBufferPointer(rebasing: bytes[start...])
                stream.pointee.next_in = rest.baseAddress
                stream.pointee.avail_in = UInt32(clamping: rest.count)
                let given = Int(stream.pointee.avail_in)
                guard Self.inflateAll(stream, into: &content, limit: limit) else { return nil }
                return given - Int(stream.pointee.avail_in)
            }
        }
        guard let length else { return nil }
        end = start + length
    }

    private static func inflateAll(_ stream: UnsafeMutablePointer<z_stream>, into content: inout [UInt8], limit: Int)
        -> Bool
    {
        var block = [UInt8](repeating: 0, count: blockSize)
        while true {
            let (status, count) = block.withUnsafeMutableBufferPointer { block in
                stream.pointee.next_out = block.baseAddress
                stream.pointee.avail_out = UInt32(block.count)
                let status = inflate(stream, Z_NO_FLUSH)
                return (status, block.count - Int(stream.pointee.avail_out))
            }
            guard content.count + count <= limit else { return false }
            content += block[..<count]
            switch status {
            case Z_STREAM_END: return true
            // Without an end and without progress the input is too short (Z_BUF_ERROR the next time).
            case Z_OK where count > 0 || stream.pointee.avail_in > 0: continue
            default: return false
            }
        }
    }
}
