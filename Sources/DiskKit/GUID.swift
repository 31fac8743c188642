/// A 16-byte identifier: RFC 9562 as text, UEFI 2.10 appendix A on disk.
public struct GUID: Sendable, Hashable {
    /// The 16 bytes in the order of the text.
    public let bytes: [UInt8]

    /// All bits zero: an unused entry of a partition table.
    public static let zero = GUID(unchecked: [UInt8](repeating: 0, count: 16))

    /// Returns nil unless there are 16 bytes.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 16 else { return nil }
        self.init(unchecked: Array(bytes))
    }

    init(unchecked bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Reads 32 hexadecimal digits of either case, with or without dashes in their four places.
    public init?(_ text: String) {
        var digits: [UInt8] = []
        var dashes: [Int] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digits.append(byte - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digits.append(byte - UInt8(ascii: "a") + 10)
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digits.append(byte - UInt8(ascii: "A") + 10)
            case UInt8(ascii: "-"): dashes.append(digits.count)
            default: return nil
            }
        }
        guard digits.count == 32, dashes.isEmpty || dashes == [8, 12, 16, 20] else { return nil }
        self.init(unchecked: (0..<16).map { digits[2 * $0] << 4 | digits[2 * $0 + 1] })
    }

    /// The bytes as GPT stores them: the first three fields little-endian.
    public var diskBytes: [UInt8] {
        Self.diskOrder.map { bytes[$0] }
    }

    /// Reads the bytes as GPT stores them; returns nil unless there are 16.
    public init?(diskBytes: some Collection<UInt8>) {
        guard diskBytes.count == 16 else { return nil }
        let stored = Array(diskBytes)
        // The order is its own inverse.
        self.init(unchecked: Self.diskOrder.map { stored[$0] })
    }

    private static let diskOrder = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15]

    /// The same bits marked as a random identifier (RFC 9562 section 5.4).
    public var version4: GUID {
        var marked = bytes
        marked[6] = marked[6] & 0x0f | 0x40
        marked[8] = marked[8] & 0x3f | 0x80
        return GUID(unchecked: marked)
    }
}

extension GUID: CustomStringConvertible {
    /// Lower-case digits with dashes.
    public var description: String {
        var text: [UInt8] = []
        for (index, byte) in bytes.enumerated() {
            if [4, 6, 8, 10].contains(index) { text.append(UInt8(ascii: "-")) }
            for digit in [byte >> 4, byte & 0x0f] {
                text.append(digit < 10 ? digit + UInt8(ascii: "0") : digit - 10 + UInt8(ascii: "a"))
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
