import Display
import Support
import System

/// Passes on text whose control characters are visible, because it may quote projects, packages and plugins.
///
/// Line feeds and tabs stay, and the three sequences that verbs use where the output is coloured.
struct PrintableOutput<Output: CommandOutput>: CommandOutput {
    private let output: Output

    init(_ output: Output) { self.output = output }

    var isColoured: Bool { output.isColoured }
    var isTerminal: Bool { output.isTerminal }
    var width: Int { output.width }

    func write(_ text: String) throws(Failure) { try output.write(visible(text)) }
    func page(_ text: String) throws(Failure) { try output.page(visible(text)) }

    /// Bold, faint and the end of both: ECMA-48, select graphic rendition.
    private static var ownSequences: [String] { ["\u{1b}[0m", "\u{1b}[1m", "\u{1b}[2m"] }

    private func visible(_ text: String) -> String {
        // Most texts have nothing to change.
        var text = text
        let isPlain = text.withUTF8 { bytes in
            bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7f && $0 != 0xc2 || $0 == 0x09 || $0 == 0x0a }
        }
        if isPlain { return text }
        var result = ""
        var rest = text.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            if scalar == "\u{1b}", isColoured,
                let own = Self.ownSequences.first(where: { rest.starts(with: $0.unicodeScalars.dropFirst()) })
            {
                result += own
                rest = rest.dropFirst(own.unicodeScalars.count - 1)
            } else if scalar == "\n" || scalar == "\t" {
                result.unicodeScalars.append(scalar)
            } else {
                result += printable(String(scalar))
            }
        }
        return result
    }
}
