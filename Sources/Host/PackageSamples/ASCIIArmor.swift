internal import System

/// OpenPGP data as text (RFC 9580, 6.2).
enum ASCIIArmor {
    /// `title` is, for example, `PGP SIGNATURE`.
    static func encoded(_ bytes: [UInt8], title: String) -> String {
        let text = Array(Base64.encoded(bytes).utf8)
        let lines = stride(from: 0, to: text.count, by: 64).map { start in
            String(decoding: text[start..<min(start + 64, text.count)], as: UTF8.self)
        }
        let checksum = checksum(bytes)
        let ending = Base64.encoded([UInt8(checksum >> 16 & 0xff), UInt8(checksum >> 8 & 0xff), UInt8(checksum & 0xff)])
        return "-----BEGIN \(title)-----\n\n" + lines.map { "\($0)\n" }.joined()
            + "=\(ending)\n-----END \(title)-----\n"
    }

    /// CRC-24.
    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        bytes.reduce(UInt32(0xb704ce)) { value, byte in
            (0..<8).reduce(value ^ UInt32(byte) << 16) { value, _ in
                let shifted = value << 1
                return shifted & 0x100_0000 == 0 ? shifted : shifted ^ 0x186_4cfb
            }
        } & 0xff_ffff
    }
}
