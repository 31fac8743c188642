/// An element of a value, and its position.
struct ElementText: Sendable, Equatable {
    /// The element, without quotes where they mean something.
    var text: String
    var position: ConfigurationFile.Position
    /// The number of bytes of the line that it takes.
    var length: Int
    /// True if a quote in it is never closed, or nothing follows its last backslash.
    var isOpen = false
}

/// Takes the value of a list apart.
enum ElementSplitter {
    /// The elements of a value; empty ones are left out.
    ///
    /// A line end always separates elements, and where no quotes protect them any space does. With `unescapes`, quotes
    /// and backslashes protect delimiters, as a shell does.
    /// `keepsExpressions` keeps an element that begins with an opening parenthesis together up to the one that closes
    /// it.
    static func split(
        _ pieces: [ConfigurationFile.Piece],
        delimiter: UInt8,
        unescapes: Bool,
        keepsExpressions: Bool = false
    ) -> [ElementText] {
        var elements: [ElementText] = []
        for piece in pieces where !piece.text.isEmpty {
            if unescapes {
                splitWords(piece, delimiter: delimiter, into: &elements)
            } else {
                split(piece, delimiter: delimiter, keepsExpressions: keepsExpressions, into: &elements)
            }
        }
        return elements
    }

    private static func split(
        _ piece: ConfigurationFile.Piece,
        delimiter: UInt8,
        keepsExpressions: Bool,
        into elements: inout [ElementText]
    ) {
        let bytes = piece.text[...].utf8
        var rest = bytes
        while let start = rest.firstIndex(where: { $0 != delimiter && !$0.isSpace }) {
            rest = rest[start...]
            let length = keepsExpressions ? expressionLength(rest) : 0
            let tail = rest.dropFirst(length)
            let end = tail.firstIndex { $0 == delimiter || $0.isSpace } ?? tail.endIndex
            let body = rest[..<end]
            let column = piece.position.column + bytes.distance(from: bytes.startIndex, to: start)
            let position = ConfigurationFile.Position(line: piece.position.line, column: column)
            elements.append(ElementText(text: body.string, position: position, length: body.count))
            rest = rest[end...]
        }
    }

    /// Returns the number of bytes of a balanced expression in parentheses at the beginning of a text; 0 if there is
    /// none.
    private static func expressionLength(_ text: Substring.UTF8View) -> Int {
        guard text.first == UInt8(ascii: "(") else { return 0 }
        var depth = 0
        for (index, byte) in text.enumerated() {
            if byte == UInt8(ascii: "(") { depth += 1 }
            if byte == UInt8(ascii: ")") { depth -= 1 }
            if depth == 0 { return index + 1 }
        }
        return 0
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
