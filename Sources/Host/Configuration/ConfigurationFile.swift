import Support

/// The lines of a configuration file, taken apart but not yet understood.
///
/// ```
/// file       = { blank | comment | section | assignment }
/// comment    = "#" text                    also at the end of a line
///            | ";" text                    only as a line of its own
/// section    = "[" name "]"
/// assignment = name "=" value { line end white-space value }
/// ```
/// A line that starts with white space carries on the value of the assignment above it; white space that all lines
/// start with does not count.
struct ConfigurationFile: Sendable {
    /// The name of the file in messages.
    var path: String
    var lines: [Substring]
    var sections: [SectionBlock] = []
    /// The amount of white space that every line with content starts with.
    let margin: Int

    struct SectionBlock: Sendable {
        var name: String
        var position: Position
        var entries: [Entry] = []
    }

    struct Entry: Sendable {
        var name: String
        var position: Position
        /// The pieces of the value, one for each line.
        var pieces: [Piece]

        /// The value as it was written, without indentation.
        var text: String { pieces.map(\.text).joined(separator: "\n") }
    }

    struct Piece: Sendable {
        var text: String
        var position: Position
    }

    /// A place in the file; both count from 1, columns count bytes.
    struct Position: Sendable, Equatable {
        var line: Int
        var column: Int
    }

    init(path: String, text: String) throws(Failure) {
        self.path = path
        var text = text[...]
        if text.unicodeScalars.first == "\u{feff}" { text.unicodeScalars.removeFirst() }
        lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map(Substring.init)
        var margin = Int.max
        for line in lines where margin > 0 {
            let indent = line.utf8.prefix { $0.isSpace }.count
            if indent < line.utf8.count { margin = min(margin, indent) }
        }
        self.margin = margin
        for (index, line) in lines.enumerated() { try read(line.utf8, number: index + 1) }
    }

    private mutating func read(_ line: Substring.UTF8View, number: Int) throws(Failure) {
        let body = line.prefix { $0 != UInt8(ascii: "#") }.trimmed
        guard let first = body.first, first != UInt8(ascii: ";") else { return }
        let column = line.distance(from: line.startIndex, to: body.startIndex) + 1
        let position = Position(line: number, column: column)
        if column - 1 > margin, addToLastEntry(Piece(text: body.string, position: position)) { return }
        if first == UInt8(ascii: "[") {
            guard body.last == UInt8(ascii: "]"), body.count > 2 else {
                throw failure("a section must have the form [Name]", at: position, length: body.count)
            }
            sections.append(SectionBlock(name: body.dropFirst().dropLast().string, position: position))
            return
        }
        guard let equals = body.firstIndex(of: UInt8(ascii: "=")), equals != body.startIndex else {
            throw failure("this line is neither [Section] nor Name=value", at: position, length: body.count)
        }
        guard !sections.isEmpty else {
            throw failure("a setting must be below a [Section]", at: position, length: body.count)
        }
        let value = body[body.index(after: equals)...].trimmed
        let valueColumn = column + body.distance(from: body.startIndex, to: value.startIndex)
        let piece = Piece(text: value.string, position: Position(line: number, column: valueColumn))
        let name = body[..<equals].trimmed.string
        sections[sections.count - 1].entries.append(Entry(name: name, position: position, pieces: [piece]))
    }

    private mutating func addToLastEntry(_ piece: Piece) -> Bool {
        guard let section = sections.indices.last, let entry = sections[section].entries.indices.last else {
            return false
        }
        sections[section].entries[entry].pieces.append(piece)
        return true
    }

    /// A failure about a place in the file, with the place shown and underlined.
    func failure(_ message: String, at position: Position, length: Int, hint: String? = nil) -> Failure {
        Failure(
            .configuration,
            "\(path):\(position.line):\(position.column): \(message)",
            hint: hint,
            excerpt: excerpt(at: position, length: length)
        )
    }

    /// The line at a position, and below it marks under what is wrong.
    func excerpt(at position: Position, length: Int) -> [String] {
        guard lines.indices.contains(position.line - 1) else { return [] }
        let line = lines[position.line - 1]
        let start = line.utf8.prefix(position.column - 1).string.count
        let end = line.utf8.prefix(position.column - 1 + length).string.count
        // What no terminal could show is cut; marks beyond the cut are left out with it.
        let shown = line.trimmedEnd.prefix(160).map { $0.isShowable ? $0 : $0 == "\t" ? " " : "\u{fffd}" }
        guard start <= shown.count else { return [] }
        let marks = String(repeating: "^", count: max(1, min(end, shown.count) - start))
        let number = "\(position.line)"
        let margin = String(repeating: " ", count: number.count)
        return ["\(number) | \(String(shown))", "\(margin) | \(String(repeating: " ", count: start))\(marks)"]
    }
}

extension Character {
    /// True if a terminal shows it instead of acting on it.
    var isShowable: Bool { unicodeScalars.allSatisfy { $0.value >= 32 && !(0x7f...0x9f).contains($0.value) } }
}

extension UInt8 {
    var isSpace: Bool { self == 32 || (9...13).contains(self) }
}

extension Substring {
    var trimmedEnd: Substring {
        var rest = utf8
        while rest.last?.isSpace == true { rest.removeLast() }
        return Substring(rest)
    }
}

extension StringProtocol {
    /// The text without white space at both ends.
    var trimmed: String { Substring(self).utf8.trimmed.string }
}

extension Substring.UTF8View {
    var trimmed: Substring.UTF8View {
        var rest = self
        while rest.first?.isSpace == true { rest.removeFirst() }
        while rest.last?.isSpace == true { rest.removeLast() }
        return rest
    }

    var string: String { String(Substring(self)) }
}
