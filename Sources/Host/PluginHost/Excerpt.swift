/// A plugin's text, made fit to be shown: escaped and short.
enum Excerpt {
    /// The bytes in quotation marks, with everything but printable ASCII escaped, cut after 60 characters.
    static func quoted(_ bytes: some Sequence<UInt8>) -> String {
        var text = ""
        for byte in bytes {
            if text.utf8.count >= 60 { return "\"\(text)…\"" }
            switch byte {
            case UInt8(ascii: "\\"), UInt8(ascii: "\""): text += "\\\(Character(Unicode.Scalar(byte)))"
            case 0x20..<0x7F: text.unicodeScalars.append(Unicode.Scalar(byte))
            case UInt8(ascii: "\n"): text += "\\n"
            case UInt8(ascii: "\t"): text += "\\t"
            default: text += "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
        }
        return "\"\(text)\""
    }

    /// A line of text without control characters, which could change what the terminal shows, cut after 500 characters.
    static func text(_ line: String) -> String {
        let scalars = line.unicodeScalars.prefix(500).map { scalar in
            scalar.properties.generalCategory == .control && scalar != "\t" ? "\u{FFFD}" : scalar
        }
        return String(String.UnicodeScalarView(scalars))
    }
}
