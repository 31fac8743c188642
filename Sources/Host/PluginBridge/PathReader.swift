/// Reads the words of signatures and paths out of ASCII text, and knows the column that it has come to.
struct PathReader {
    private let bytes: [UInt8]
    private(set) var position = 0

    init(_ text: String) {
        bytes = Array(text.utf8)
    }

    var column: Int { position + 1 }
    var isAtEnd: Bool { position == bytes.count }

    mutating func skipSpaces() {
        while position < bytes.count, bytes[position] == UInt8(ascii: " ") { position += 1 }
    }

    func startsWith(_ word: StaticString) -> Bool {
        word.withUTF8Buffer { bytes[position...].starts(with: $0) }
    }

    /// Steps over a word if it comes next.
    mutating func take(_ word: StaticString) -> Bool {
        guard startsWith(word) else { return false }
        position += word.utf8CodeUnitCount
        return true
    }

    /// Takes a single character, or nil at the end.
    mutating func character() -> Character? {
        guard position < bytes.count else { return nil }
        position += 1
        return Character(Unicode.Scalar(bytes[position - 1]))
    }

    /// Takes a name, which may be empty.
    mutating func name() -> String {
        let start = position
        while position < bytes.count, Self.isNameByte(bytes[position]), !startsWith("->") { position += 1 }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    /// Takes a decimal number, or nil if there is none or it is too large.
    mutating func number() -> Int? {
        let start = position
        while position < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position]) {
            position += 1
        }
        return Int(String(decoding: bytes[start..<position], as: UTF8.self))
    }

    func text(from start: Int) -> String {
        String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "/"):
            true
        default:
            false
        }
    }
}
