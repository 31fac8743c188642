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

    private static func trimmed(_ line: Substring) -> String {
        let isBlank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
        let bytes = line.utf8.drop(while: isBlank)
        guard let last = bytes.lastIndex(where: { !isBlank($0) }) else { return "" }
        return String(Substring(bytes[...last]))
    }
}
