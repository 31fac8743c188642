/// UUIDs as text: lower case, with dashes.
public enum UUIDText {
    /// Brings a UUID, with or without dashes, into its usual form; nil when it is none.
    public static func normalized(_ text: String) -> String? {
        var digits: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"): digits.append(byte)
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digits.append(byte | 0x20)
            case UInt8(ascii: "-"): continue
            default: return nil
            }
        }
        return digits.count == 32 ? dashed(digits) : nil
    }

    /// A random UUID of version 4.
    public static func random() -> String {
        var generator = SystemRandomNumberGenerator()
        var digits: [UInt8] = []
        for index in 0..<16 {
            var byte = UInt8.random(in: 0...255, using: &generator)
            if index == 6 { byte = byte & 0x0f | 0x40 }
            if index == 8 { byte = byte & 0x3f | 0x80 }
            digits += [byte >> 4, byte & 0x0f].map { $0 < 10 ? $0 + 48 : $0 + 87 }
        }
        return dashed(digits)
    }

    private static func dashed(_ digits: [UInt8]) -> String {
        var text: [UInt8] = []
        for (index, digit) in digits.enumerated() {
            if [8, 12, 16, 20].contains(index) { text.append(UInt8(ascii: "-")) }
            text.append(digit)
        }
        return String(decoding: text, as: UTF8.self)
    }
}
