/// Looks at regular expressions that other programs will use: only at what is wrong in all their dialects.
enum RegularExpression {
    /// Returns the problem of an expression; nil if there is none.
    static func problem(in text: String) -> String? {
        var depth = 0
        var isEscaped = false
        /// The position of the reader in a set of characters: `]` as the first one is a member.
        var setLength: Int?
        var canRepeat = false
        for byte in text.utf8 {
            if isEscaped {
                isEscaped = false
                canRepeat = true
                continue
            }
            if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if let length = setLength {
                let isFirst = length == 0
                if byte == UInt8(ascii: "]"), !isFirst {
                    setLength = nil
                } else if !isFirst || byte != UInt8(ascii: "^") {
                    setLength = length + 1
                }
                canRepeat = true
            } else {
                switch byte {
                case UInt8(ascii: "["): setLength = 0
                case UInt8(ascii: "("):
                    depth += 1
                    canRepeat = false
                case UInt8(ascii: ")"):
                    depth -= 1
                    if depth < 0 { return "unmatched closing parenthesis" }
                    canRepeat = true
                case UInt8(ascii: "*"), UInt8(ascii: "+"):
                    if !canRepeat { return "there is nothing before \(Character(Unicode.Scalar(byte))) to repeat" }
                case UInt8(ascii: "|"), UInt8(ascii: "^"): canRepeat = false
                default: canRepeat = true
                }
            }
        }
        if isEscaped { return "trailing backslash" }
        if setLength != nil { return "a bracket is not closed" }
        return depth > 0 ? "a parenthesis is not closed" : nil
    }
}
