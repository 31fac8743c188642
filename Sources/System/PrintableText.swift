/// Makes control characters visible, so that no output of a command or plugin can drive the user's terminal.
///
/// The same for those that have a terminal show what follows from right to left (UAX #9), by which the name of a file can
/// look like another one.
public func printable(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\t": result += "    "
        case _ where scalar.value < 0x20 || (0x7f..<0xa0).contains(scalar.value): result += "�"
        case "\u{202a}"..."\u{202e}", "\u{2066}"..."\u{2069}": result += "�"
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result
}
