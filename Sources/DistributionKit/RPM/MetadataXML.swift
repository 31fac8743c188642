/// A reader for the XML of repositories: elements, attributes and text, without document types or name spaces.
///
/// Names keep their prefix: `rpm:entry`. Entities other than XML's own five and numbers are left as they are, so that no
/// text can grow.
public struct MetadataXML {
    public enum Event {
        case start(name: String, attributes: [String: String], isEmpty: Bool)
        case end(name: String)
        case text(String)
    }

    private let bytes: ArraySlice<UInt8>
    /// The start of the next event.
    private(set) var position: Int

    public init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    /// The next event; nil at the end, and where something is not closed.
    public mutating func next() -> Event? {
        while position < bytes.endIndex {
            guard bytes[position] == UInt8(ascii: "<") else {
                let end = bytes[position...].firstIndex(of: UInt8(ascii: "<")) ?? bytes.endIndex
                let text = Self.decoded(bytes[position..<end])
                position = end
                return .text(text)
            }
            if skip("<!--", "-->") || skip("<?", "?>") || skip("<!", ">") { continue }
            guard let end = endOfTag() else { return nil }
            let tag = bytes[(position + 1)..<end]
            position = end + 1
            if tag.first == UInt8(ascii: "/") {
                return .end(name: String(decoding: tag.dropFirst().prefix { !Self.isBlank($0) }, as: UTF8.self))
            }
            let isEmpty = tag.last == UInt8(ascii: "/")
            let body = isEmpty ? tag.dropLast() : tag
            let name = body.prefix { !Self.isBlank($0) }
            return .start(
                name: String(decoding: name, as: UTF8.self),
                attributes: Self.attributes(body[name.endIndex...]),
                isEmpty: isEmpty
            )
        }
        return nil
    }

    /// The text up to the end of the element that has just begun.
    public mutating func text() -> String {
        var text = ""
        while let event = next() {
            switch event {
            case .text(let more): text += more
            case .end, .start: return text
            }
        }
        return text
    }

    /// The position of the `>` that ends a tag, outside of the values of its attributes.
    private func endOfTag() -> Int? {
        var quote: UInt8?
        for index in position..<bytes.endIndex {
            let byte = bytes[index]
            if let open = quote {
                if byte == open { quote = nil }
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                quote = byte
            } else if byte == UInt8(ascii: ">") {
                return index
            }
        }
        return nil
    }

    private mutating func skip(_ start: StaticString, _ end: String) -> Bool {
        guard bytes[position...].starts(with: Array("\(start)".utf8)) else { return false }
        let mark = Array(end.utf8)
        var index = position
        while index < bytes.endIndex {
            if bytes[index] == mark[0], bytes[index...].starts(with: mark) {
                position = index + mark.count
                return true
            }
            index += 1
        }
        position = bytes.endIndex
        return true
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }

    private static func attributes(_ bytes: ArraySlice<UInt8>) -> [String: String] {
        var attributes: [String: String] = [:]
        var rest = bytes
        while true {
            rest = rest.drop(while: isBlank)
            let name = rest.prefix { $0 != UInt8(ascii: "=") && !isBlank($0) }
            if name.isEmpty { return attributes }
            rest = rest[name.endIndex...].drop { isBlank($0) || $0 == UInt8(ascii: "=") }
            guard let quote = rest.first, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
                return attributes
            }
            let value = rest.dropFirst().prefix { $0 != quote }
            attributes[String(decoding: name, as: UTF8.self)] = decoded(value)
            rest = rest[value.endIndex...].dropFirst()
        }
    }

    private static let entities: [String: UInt8] = [
        "amp": UInt8(ascii: "&"), "lt": UInt8(ascii: "<"), "gt": UInt8(ascii: ">"), "quot": UInt8(ascii: "\""),
        "apos": UInt8(ascii: "'"),
    ]

    /// Text with XML's own entities and numbered characters replaced.
    static func decoded(_ bytes: ArraySlice<UInt8>) -> String {
        guard bytes.contains(UInt8(ascii: "&")) else { return String(decoding: bytes, as: UTF8.self) }
        var result: [UInt8] = []
        var rest = bytes
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "&"), let end = rest.prefix(10).firstIndex(of: UInt8(ascii: ";")) else {
                result.append(byte)
                continue
            }
            let word = String(decoding: rest[..<end], as: UTF8.self)
            if let plain = entities[word] {
                result.append(plain)
            } else if let scalar = scalar(word) {
                result += Array(String(Character(scalar)).utf8)
            } else {
                result.append(byte)
                continue
            }
            rest = rest[(end + 1)...]
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// The character of `#233` or `#xE9`.
    private static func scalar(_ word: String) -> Unicode.Scalar? {
        if word.hasPrefix("#x") { return UInt32(word.dropFirst(2), radix: 16).flatMap(Unicode.Scalar.init) }
        if word.hasPrefix("#") { return UInt32(word.dropFirst()).flatMap(Unicode.Scalar.init) }
        return nil
    }

    /// Text for an element or an attribute.
    static func encoded(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            default:
                // What XML 1.0 has no way to write.
                if scalar.value >= 0x20 || scalar == "\n" || scalar == "\t" { result.unicodeScalars.append(scalar) }
            }
        }
        return result
    }
}
