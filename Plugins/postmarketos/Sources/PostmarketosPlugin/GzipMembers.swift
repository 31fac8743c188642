/// The compressed streams that an index or a package consists of: a signature, a description, and for packages the data.
///
/// Only the digest of a stream shows where it ends, so each offset that looks like a beginning is tried.
struct GzipMembers {
    let bytes: [UInt8]
    /// Offsets at which a stream may begin, and the end.
    let places: [Int]

    /// The beginning of each stream (RFC 1952): its magic number, and the only method that there is.
    private static let magic: [UInt8] = [0x1F, 0x8B, 0x08]
    /// More than any file has by chance.
    private static let most = 4096

    /// Nil if this is no compressed file.
    init?(_ bytes: [UInt8]) {
        guard bytes.starts(with: Self.magic) else { return nil }
        self.bytes = bytes
        var places: [Int] = []
        var index = 0
        while index + 2 < bytes.count, places.count < Self.most {
            if bytes[index] == 0x1F, bytes[index + 1] == 0x8B, bytes[index + 2] == 0x08 { places.append(index) }
            index += 1
        }
        self.places = places + [bytes.count]
    }

    /// The range of streams from one of the places to another that has a property; the shortest of the first place.
    func range(where fits: (Range<Int>) throws -> Bool) rethrows -> Range<Int>? {
        for (index, start) in places.dropLast().enumerated() {
            for end in places[(index + 1)...] where try fits(start..<end) { return start..<end }
        }
        return nil
    }
}
