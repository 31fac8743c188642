import System

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
                guard let text = block, let data = Base64.decoded(text) else { return nil }
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

    /// Keys in armour, for programs that read nothing else.
    public static func text(of bytes: [UInt8]) -> String {
        let data = Base64.encoded(bytes)
        var lines = [begin, ""]
        var rest = Substring(data)
        while !rest.isEmpty {
            lines.append(String(rest.prefix(64)))
            rest = rest.dropFirst(64)
        }
        let sum = checksum(bytes)
        let end = Base64.encoded([UInt8(sum >> 16 & 0xFF), UInt8(sum >> 8 & 0xFF), UInt8(sum & 0xFF)])
        return (lines + ["=" + end, "-----END PGP PUBLIC KEY BLOCK-----", ""]).joined(separator: "\n")
    }

    /// The CRC-24 of RFC 9580, 6.1, without which older programs refuse armour.
    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        var sum: UInt32 = 0xB704CE
        for byte in bytes {
            sum ^= UInt32(byte) << 16
            for _ in 0..<8 {
                sum <<= 1
                if sum & 0x1000000 != 0 { sum ^= 0x1864CFB }
            }
        }
        return sum & 0xFFFFFF
    }

    private static func trimmed(_ line: Substring) -> String {
        let isBlank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
        let bytes = line.utf8.drop(while: isBlank)
        guard let last = bytes.lastIndex(where: { !isBlank($0) }) else { return "" }
        return String(Substring(bytes[...last]))
    }
}
