/// Words as a POSIX shell reads them (sh(1), Quoting).
public enum ShellQuoting {
    /// The word in single quotes, whatever is in it.
    public static func quoted(_ word: String) -> String {
        "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#) + "'"
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
