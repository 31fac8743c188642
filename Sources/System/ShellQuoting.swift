/// Words as a POSIX shell reads them (sh(1), Quoting).
public enum ShellQuoting {
    /// The word in single quotes, whatever is in it.
    ///
    /// By bytes: as characters, a quote with a combining mark behind it is another character, and would end the word.
    public static func quoted(_ word: String) -> String {
        let parts = word.utf8.split(separator: UInt8(ascii: "'"), omittingEmptySubsequences: false)
        return "'" + parts.map { String(Substring($0)) }.joined(separator: #"'\''"#) + "'"
    }

    /// The word as it is where a shell takes it literally, and in quotes everywhere else.
    public static func word(_ word: String) -> String {
        !word.isEmpty && word.utf8.allSatisfy(isPlain) ? word : quoted(word)
    }

    /// A command in one line.
    public static func line(_ words: [String]) -> String {
        words.map(word).joined(separator: " ")
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "-_./=:,+@%^".utf8.contains(byte)
        }
    }
}
