/// Keys in ASCII armour (RFC 9580, 6.2), which gpgv(1) does not read.
public enum ArmoredKey {
    private static let begin = "-----BEGIN PGP PUBLIC KEY BLOCK-----"

    /// The bytes of all keys in a text; nil for other text.
    public static func bytes(of text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        var block: String?
        var isHeader = false
        for line in text.split(whereSeparator: \.isNewline).map(trimmed) + [""] {
            if line == begin {
                (block, isHeader) = ("", true)
            } else if line.hasPrefix("-----END") {
                guard let text = block, let data = decoded(text) else { return nil }
                bytes += data
                block = nil
            } else if isHeader, line.utf8.contains(UInt8(ascii: ":")) || line == "." {
                continue
            } else if block != nil, !line.hasPrefix("=") {
                isHeader = false
                block? += line
            }
        }
        return bytes.isEmpty ? nil : bytes
    }

    private static func trimmed(_ line: Substring) -> String {
        let isBlank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
        let bytes = line.utf8.drop(while: isBlank)
        guard let last = bytes.lastIndex(where: { !isBlank($0) }) else { return "" }
        return String(Substring(bytes[...last]))
    }

    /// Bytes in Base64 with padding (RFC 4648, section 4); nil for other text.
    static func decoded(_ text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        var padding = 0
        for byte in text.utf8 {
            let value: UInt8
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = byte - UInt8(ascii: "A")
            case UInt8(ascii: "a")...UInt8(ascii: "z"): value = byte - UInt8(ascii: "a") + 26
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = byte - UInt8(ascii: "0") + 52
            case UInt8(ascii: "+"): value = 62
            case UInt8(ascii: "/"): value = 63
            case UInt8(ascii: "="):
                value = 0
                padding += 1
            default: return nil
            }
            // Nothing follows the padding.
            if padding > 0, byte != UInt8(ascii: "=") { return nil }
            bits = bits << 6 | UInt32(value)
            count += 1
            if count % 4 == 0 {
                bytes += [UInt8(bits >> 16 & 0xFF), UInt8(bits >> 8 & 0xFF), UInt8(bits & 0xFF)]
                bits = 0
            }
        }
        guard count % 4 == 0, padding <= 2 else { return nil }
        return bytes.dropLast(padding)
    }
}
