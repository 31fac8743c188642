/// One compressed stream (RFC 1952), decompressed to find where it ends.
///
/// A package consists of several, and what apk reads next begins exactly where one ends: a guess by magic numbers is not enough
/// to tell what a mirror may have put there.
struct GzipStream {
    /// The decompressed bytes.
    private(set) var content: [UInt8] = []
    /// The offset behind the stream.
    private(set) var end = 0

    /// Reads the stream that begins at an offset; nil if there is none, it is damaged, or has more than `limit` bytes in it.
    init?(_ bytes: [UInt8], at start: Int, limit: Int) {
        guard let body = Self.body(bytes, at: start) else { return nil }
        var decoder = DeflateDecoder(bytes, at: body, limit: limit)
        guard decoder.run() else { return nil }
        content = decoder.output
        let trailer = decoder.position
        guard trailer + 8 <= bytes.count else { return nil }
        let size = (0..<4).reduce(0) { $0 | Int(bytes[trailer + 4 + $1]) << (8 * $1) }
        guard size == content.count else { return nil }
        end = trailer + 8
    }

    /// Flags of the header.
    private enum Flag {
        static let checksum: UInt8 = 2
        static let extra: UInt8 = 4
        static let name: UInt8 = 8
        static let comment: UInt8 = 16
        static let reserved: UInt8 = 0xE0
    }

    /// The offset behind the header.
    private static func body(_ bytes: [UInt8], at start: Int) -> Int? {
        guard start + 10 <= bytes.count, bytes[start...].starts(with: [0x1F, 0x8B, 0x08]) else { return nil }
        let flags = bytes[start + 3]
        guard flags & Flag.reserved == 0 else { return nil }
        var place = start + 10
        if flags & Flag.extra != 0 {
            guard place + 2 <= bytes.count else { return nil }
            place += 2 + Int(bytes[place]) + Int(bytes[place + 1]) << 8
        }
        for flag in [Flag.name, Flag.comment] where flags & flag != 0 {
            guard place < bytes.count, let zero = bytes[place...].firstIndex(of: 0) else { return nil }
            place = zero + 1
        }
        if flags & Flag.checksum != 0 { place += 2 }
        return place < bytes.count ? place : nil
    }
}
