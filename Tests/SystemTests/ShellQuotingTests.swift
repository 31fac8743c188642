import Glibc
import System
import Testing

@Suite struct ShellQuotingTests {
    /// A mark that Swift puts together with the character in front of it.
    private static let mark = "\u{301}"

    @Test(
        "A quote ends no word, whatever is behind it",
        arguments: ["it's", "'", "a'\(mark); exit 7; '\(mark)", "\(mark)'"]
    )
    func quotes(word: String) {
        let quoted = Array(ShellQuoting.quoted(word).utf8)
        var bytes: [UInt8] = []
        var isQuoted = false
        var isEscaped = false
        // As sh(1) reads it: within quotes nothing means anything but a quote.
        for byte in quoted {
            if isEscaped {
                bytes.append(byte)
                isEscaped = false
            } else if byte == UInt8(ascii: "'") {
                isQuoted.toggle()
            } else if !isQuoted, byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else {
                #expect(isQuoted, "a byte is outside of the quotes")
                bytes.append(byte)
            }
        }
        #expect(!isQuoted && bytes == Array(word.utf8))
    }
}
