/// Bytes of a binary format, whose numbers begin with their highest byte.
struct ByteOutput {
    var bytes: [UInt8] = []

    mutating func append(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.bigEndian) { bytes += $0 }
    }

    mutating func append(_ text: String) {
        bytes += text.utf8
    }

    mutating func append(_ more: [UInt8]) {
        bytes += more
    }

    /// A text and the zero byte that ends it.
    mutating func append(terminated text: String) {
        bytes += text.utf8
        bytes.append(0)
    }

    /// Adds zero bytes until the length is a multiple of `alignment`.
    mutating func pad(to alignment: Int) {
        let rest = bytes.count % alignment
        if rest != 0 { bytes += [UInt8](repeating: 0, count: alignment - rest) }
    }
}
