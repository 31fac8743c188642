/// An assignment in today's form that replaces one in a file of an old generation.
struct LegacyItem: Sendable {
    var section: Section
    var name: String
    /// The lines of the value; a value that does not end on the first line begins on the second.
    var pieces: [ConfigurationFile.Piece]
    /// The position of the old assignment.
    var position: ConfigurationFile.Position
    /// Comment lines to put above it.
    var comments: [String] = []
    /// A Boolean value indicating whether it repeats a file next to the configuration; it is not written out.
    var isImplied = false

    /// The text on the command line.
    var text: String { pieces.map(\.text).filter { !$0.isEmpty }.joined(separator: "\n") }
}

/// A note about an old setting.
struct LegacyNote: Sendable, Equatable {
    /// The name without case and dashes: each setting is spoken of once.
    var key: String
    /// A sentence without its full stop.
    var message: String
    var hint: String?
    /// The file as it is shown, and the place in it; nil for the command line.
    var file: ConfigurationFile?
    var position = ConfigurationFile.Position(line: 1, column: 1)
    var length = 0

    static func == (left: LegacyNote, right: LegacyNote) -> Bool { left.warning == right.warning }

    var warning: Warning {
        guard let file else { return Warning(message: message, hint: hint, excerpt: []) }
        return Warning(
            message: "\(file.path):\(position.line):\(position.column): \(message)",
            hint: hint,
            excerpt: file.excerpt(at: position, length: length)
        )
    }
}
