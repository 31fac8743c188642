/// A configuration file of an old generation, taken apart but not yet understood.
///
/// ```
/// file       = { blank | comment | section | assignment }
/// assignment = name ( "=" | ":" ) value { line end white-space ( value | comment ) }
/// ```
/// Unlike today, a comment may be inside a value and at the end of a line, and blank lines do not end a value.
struct LegacyFile: Sendable {
    /// The name of the file in messages.
    var path: String
    var lines: [Substring]
    var entries: [Entry] = []
    /// Comments above the first section.
    var leadingComments: [String] = []
    /// Comments below the last assignment.
    var trailingComments: [String] = []
    /// Assignments whose values are cut off by a comment in the middle of a word.
    var cuts: [ConfigurationFile.Position] = []
    /// Lines that are neither comment nor section nor assignment.
    var unreadable: [ConfigurationFile.Position] = []

    struct Entry: Sendable {
        /// The section as it was written; empty above the first one.
        var section: String
        var name: String
        var position: ConfigurationFile.Position
        /// The lines of the value without comments; the first is what follows the equals sign.
        var pieces: [ConfigurationFile.Piece]
        /// The comment lines above the assignment.
        var comments: [String] = []
    }

    init(path: String, text: String) {
        self.path = path
        var text = text[...]
        if text.unicodeScalars.first == "\u{feff}" { text.unicodeScalars.removeFirst() }
        lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map(Substring.init)
        var reader = Reader()
        for (index, line) in lines.enumerated() { read(line.utf8, number: index + 1, &reader) }
        trailingComments = reader.comments
    }

    private struct Reader {
        var section = ""
        var comments: [String] = []
    }

    private mutating func read(_ line: Substring.UTF8View, number: Int, _ reader: inout Reader) {
        let body = line.trimmed
        guard let first = body.first else { return }
        if first == UInt8(ascii: "#") || first == UInt8(ascii: ";") {
            reader.comments.append(body.string)
            return
        }
        let column = line.distance(from: line.startIndex, to: body.startIndex) + 1
        let position = ConfigurationFile.Position(line: number, column: column)
        if column > 1, let last = entries.indices.last {
            // What explains an element of a list stays with the list.
            entries[last].comments += reader.comments
            reader.comments = []
            let value = Self.withoutComment(body, &entries[last].comments)
            entries[last].pieces.append(ConfigurationFile.Piece(text: value.string, position: position))
            return
        }
        if first == UInt8(ascii: "[") {
            let text = Self.withoutComment(body, &reader.comments)
            guard text.last == UInt8(ascii: "]") else { return unreadable.append(position) }
            if entries.isEmpty, reader.section.isEmpty {
                leadingComments = reader.comments
                reader.comments = []
            }
            reader.section = text.dropFirst().dropLast().trimmed.string
            return
        }
        let mark = body.firstIndex { $0 == UInt8(ascii: "=") || $0 == UInt8(ascii: ":") }
        guard let mark, mark != body.startIndex else { return unreadable.append(position) }
        let rest = body[body.index(after: mark)...].trimmed
        let valueColumn = column + body.distance(from: body.startIndex, to: rest.startIndex)
        let name = body[..<mark].trimmed.string
        let value = Self.withoutComment(rest, &reader.comments)
        if value.endIndex < rest.endIndex, rest[value.endIndex] == UInt8(ascii: "#") { cuts.append(position) }
        let piece = ConfigurationFile.Piece(
            text: value.string,
            position: ConfigurationFile.Position(line: number, column: valueColumn)
        )
        entries.append(
            Entry(
                section: reader.section,
                name: name,
                position: position,
                pieces: [piece],
                comments: reader.comments
            )
        )
        reader.comments = []
    }

    /// Removes everything after a `#`, anywhere.
    private static func withoutComment(
        _ text: Substring.UTF8View,
        _ comments: inout [String]
    ) -> Substring.UTF8View {
        guard let mark = text.firstIndex(of: UInt8(ascii: "#")) else { return text }
        comments.append(text[mark...].trimmed.string)
        return text[..<mark].trimmed
    }

    /// The same file in the shape in which failures and warnings show places.
    var shown: ConfigurationFile {
        ConfigurationFile(path: path, lines: lines, sections: [])
    }
}

extension ConfigurationFile {
    init(path: String, lines: [Substring], sections: [SectionBlock]) {
        self.path = path
        self.lines = lines
        self.sections = sections
        margin = 0
    }
}

extension LegacyFile.Entry {
    /// The value with its lines below each other, as it was written.
    var text: String { pieces.map(\.text).joined(separator: "\n").trimmed }

}

/// The rules by which the old generations split values.
enum LegacyText {
    static let listSeparators: Set<UInt8> = [UInt8(ascii: ","), UInt8(ascii: " "), UInt8(ascii: "\t"), 10, 13]
    static let words: Set<UInt8> = [UInt8(ascii: " "), UInt8(ascii: "\t"), 10, 13]
    static let searchPath: Set<UInt8> = [UInt8(ascii: ":"), UInt8(ascii: ","), UInt8(ascii: " "), 10, 13]

    static func split(_ text: String, at separators: Set<UInt8>) -> [String] {
        var parts: [String] = []
        var part: [UInt8] = []
        var depth = 0
        for byte in text.utf8 {
            if byte == UInt8(ascii: "(") { depth += 1 }
            if byte == UInt8(ascii: ")") { depth -= 1 }
            if depth <= 0, separators.contains(byte) {
                if !part.isEmpty { parts.append(String(decoding: part, as: UTF8.self)) }
                part = []
            } else {
                part.append(byte)
            }
        }
        if !part.isEmpty { parts.append(String(decoding: part, as: UTF8.self)) }
        return parts
    }

    /// A name without case and dashes: `Boot-Protocols`, `bootprotocols` and `--boot-protocols` are the same.
    static func key(_ name: String) -> String {
        let capitals = UInt8(ascii: "A")...UInt8(ascii: "Z")
        let letters = name.utf8.filter { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: "_") }
        return String(decoding: letters.map { capitals.contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
    }

    /// Today's files give a percent sign a meaning that the old ones did not know.
    static func literal(_ text: String) -> String {
        var result = ""
        for character in text { result += character == "%" ? "%%" : String(character) }
        return result
    }
}
