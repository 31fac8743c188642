extension StringProtocol {
    /// The lines of a text file, without their ends: `\n` or `\r\n`, which Swift has as one character.
    public var lines: [Substring] {
        let text = Substring(self)
        var lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { line in
            Substring(line.last == UInt8(ascii: "\r") ? line.dropLast() : line)
        }
        // The end of the last line is not the beginning of another one.
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }
}
