import System
import Testing

@Suite struct PrintableTextTests {
    @Test(
        "Nothing that drives a terminal is left",
        arguments: ["\u{1b}[31m", "\u{9b}31m", "\r\n", "a\u{202e}b", "\u{2066}"]
    )
    func controls(text: String) {
        let shown = printable(text).unicodeScalars
        #expect(shown.contains("\u{fffd}"))
        #expect(
            shown.allSatisfy {
                $0.value >= 0x20 && !(0x7f..<0xa0).contains($0.value) && !(0x202a...0x202e).contains($0.value)
            }
        )
    }

    @Test("Text stays as it is", arguments: ["plain", "é\u{301} ✓ 日本", ""])
    func texts(text: String) {
        #expect(printable(text).utf8.elementsEqual(text.utf8))
    }
}
