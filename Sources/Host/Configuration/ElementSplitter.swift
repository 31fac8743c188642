/// One element of a value, and where it stands.
struct ElementText: Sendable, Equatable {
    /// The element, without quotes where they mean something.
    var text: String
    var position: ConfigurationFile.Position
    /// How many bytes of the line it takes.
    var length: Int
    /// Whether a quote in it is never closed, or nothing follows its last backslash.
    var isOpen = false
}

/// Takes the value of a list apart.
enum ElementSplitter {
    /// The elements of a value; empty ones are left out.
    ///
    /// A line end always separates elements, and where no quotes protect them any space does. `unescapes` lets quotes and backslashes protect delimiters, as a shell does.
    static func split(_ pieces: [ConfigurationFile.Piece], delimiter: UInt8, unescapes: Bool) -> [ElementText] {
        var elements: [ElementText] = []
        for piece in pieces where !piece.text.isEmpty {
            if unescapes {
                splitWords(piece, delimiter: delimiter, into: &elements)
            } else {
                split(piece, delimiter: delimiter, into: &elements)
            }
        }
        return elements
    }

    private static func split(
        _ piece: ConfigurationFile.Piece,
        delimiter: UInt8,
        into elements: inout [ElementText]
    ) {
        let bytes = piece.text[...].utf8
        var column = piece.position.column
        // On the command line a value can hold line ends itself.
        for part in bytes.split(omittingEmptySubsequences: false, whereSeparator: { $0 == delimiter || $0.isSpace }) {
            let body = part.trimmed
            if !body.isEmpty {
                let indent = part.distance(from: part.startIndex, to: body.startIndex)
                let position = ConfigurationFile.Position(line: piece.position.line, column: column + indent)
                elements.append(ElementText(text: body.string, position: position, length: body.count))
            }
            column += part.count + 1
        }
    }

    private static func splitWords(
        _ piece: ConfigurationFile.Piece,
        delimiter: UInt8,
        into elements: inout [ElementText]
    ) {
        var word: [UInt8]?
        var start = 0
        var quote: UInt8?
        var isEscaped = false
        func finish(at end: Int) {
            guard let bytes = word else { return }
            let position = ConfigurationFile.Position(
                line: piece.position.line,
                column: piece.position.column + start
            )
            elements.append(
                ElementText(
                    text: String(decoding: bytes, as: UTF8.self),
                    position: position,
                    length: end - start,
                    isOpen: quote != nil || isEscaped
                )
            )
            word = nil
        }
        for (index, byte) in piece.text.utf8.enumerated() {
            if isEscaped {
                // Between double quotes a backslash protects only quotes and itself.
                if quote == UInt8(ascii: "\""), byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
                    word?.append(UInt8(ascii: "\\"))
                }
                word?.append(byte)
                isEscaped = false
                continue
            }
            if quote == nil, byte == delimiter || byte.isSpace {
                finish(at: index)
                continue
            }
            if word == nil {
                word = []
                start = index
            }
            if byte == UInt8(ascii: "\\"), quote != UInt8(ascii: "'") {
                isEscaped = true
            } else if byte == quote {
                quote = nil
            } else if quote == nil, byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
                quote = byte
            } else {
                word?.append(byte)
            }
        }
        finish(at: piece.text.utf8.count)
    }
}

extension Words {
    /// A value of an os-release or environment file without its quotes.
    static func unquoted(_ text: String) -> String {
        let piece = ConfigurationFile.Piece(text: text, position: .init(line: 1, column: 1))
        return ElementSplitter.split([piece], delimiter: 0, unescapes: true).map(\.text).joined(separator: " ")
    }
}
