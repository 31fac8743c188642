extension ValueParser {
    /// The same as what `url` allows, as a regular expression for editors.
    static let urlPattern = "[^\\s:]*|[A-Za-z][A-Za-z0-9+-]*:\\S*"

    /// A URL, or a path: one word, with a scheme in front of the first colon.
    ///
    /// It becomes a part of a line in the configuration of a package manager. White space would begin another value or,
    /// in another line, another option, and some options are commands. apt runs the program that has the name of the
    /// scheme, so that one may not be a path.
    static func url(_ text: String, _ name: String) throws(ValueProblem) -> String {
        let hint = "Use a URL such as https://mirror.example/path; write a space in it as %%20"
        if text.unicodeScalars.contains(where: \.properties.isWhitespace) {
            throw ValueProblem("\(name) needs a URL, and there is white space in \"\(text)\"", hint: hint)
        }
        let scheme = text.utf8.prefix { $0 != UInt8(ascii: ":") }
        if scheme.count == text.utf8.count || isScheme(scheme) { return text }
        throw ValueProblem("\(name) needs a URL, and \"\(text)\" does not begin with a scheme", hint: hint)
    }

    /// RFC 3986, section 3.1, without the dot.
    private static func isScheme(_ bytes: Substring.UTF8View) -> Bool {
        let isLetter: (UInt8) -> Bool = { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0 | 0x20) }
        guard let first = bytes.first, isLetter(first) else { return false }
        return bytes.allSatisfy { byte in
            isLetter(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "+-".utf8.contains(byte)
        }
    }

    /// Refuses what a value of one line cannot have: what it becomes a part of has lines too.
    static func checkLine(_ text: String, of row: SettingDefinition) throws(ValueProblem) {
        guard row.kind.isLine, text.utf8.contains(UInt8(ascii: "\n")) else { return }
        throw ValueProblem(
            "\(row.name)= has more than one line",
            hint: "Lines that begin with white space continue the value: begin comments with # in the first column"
        )
    }
}

extension ValueKind {
    /// False for what may have line breaks in it: paths and passwords, and lists, where they separate.
    fileprivate var isLine: Bool {
        switch self {
        case .path, .keyMaterial, .password: false
        default: !isCollection
        }
    }
}
