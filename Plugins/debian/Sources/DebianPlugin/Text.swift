/// Small questions about text, without the weight of a library for them.
enum Text {
    /// Text without blanks and line ends at both sides.
    static func trimmed(_ text: String) -> String {
        let isBlank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }
        let bytes = text.utf8
        guard let first = bytes.firstIndex(where: { !isBlank($0) }),
            let last = bytes.lastIndex(where: { !isBlank($0) })
        else {
            return ""
        }
        return String(text[first...last])
    }

    /// The parts between blanks and line ends.
    static func words(_ text: some StringProtocol) -> [String] {
        // By bytes: a blank with a combining mark behind it is another character.
        Substring(text).utf8.split { [0x20, 0x09, 0x0A, 0x0D].contains($0) }.map { String(Substring($0)) }
    }

    static func lines(_ text: some StringProtocol) -> [String] {
        Substring(text).utf8.split { $0 == 0x0A }.map { $0.last == 0x0D ? $0.dropLast() : $0 }.filter { !$0.isEmpty }
            .map { String(Substring($0)) }
    }

    /// The parts between all places of an ASCII character, empty ones among them.
    static func fields(_ text: some StringProtocol, _ separator: Unicode.Scalar, maxSplits: Int = .max) -> [String] {
        Substring(text).utf8.split(
            separator: UInt8(ascii: separator),
            maxSplits: maxSplits,
            omittingEmptySubsequences: false
        ).map { String(Substring($0)) }
    }

    static func lines(_ bytes: [UInt8]) -> [String] {
        bytes.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Returns true if a text holds another.
    static func contains(_ text: String, _ part: String) -> Bool {
        range(of: part, in: text) != nil
    }

    /// Returns the first occurrence of a text in another.
    static func range(of part: String, in text: String) -> Range<String.Index>? {
        guard let head = part.utf8.first else { return text.startIndex..<text.startIndex }
        var rest = text.utf8[...]
        while let start = rest.firstIndex(of: head) {
            if rest[start...].starts(with: part.utf8) {
                return start..<text.utf8.index(start, offsetBy: part.utf8.count)
            }
            rest = rest[text.utf8.index(after: start)...]
        }
        return nil
    }

    /// The text between the first two markers in this order.
    static func between(_ start: String, _ end: String, in text: String) -> String? {
        guard let first = range(of: start, in: text) else { return nil }
        let rest = String(text[first.upperBound...])
        guard let last = range(of: end, in: rest) else { return nil }
        return String(rest[..<last.lowerBound])
    }
}
