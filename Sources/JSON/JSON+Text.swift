import ByteKeys

extension JSON {
    /// The value over several lines, with sorted members and four spaces a level; ends with a line feed.
    public var indentedText: String {
        var bytes: [UInt8] = []
        write(to: &bytes, indent: 0)
        bytes.append(UInt8(ascii: "\n"))
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The value on one line without spaces, with sorted members.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        writeLine(to: &bytes)
        return bytes
    }

    private func writeLine(to bytes: inout [UInt8]) {
        switch self {
        case .null, .bool, .integer, .number, .string: write(to: &bytes, indent: 0)
        case .array(let values):
            bytes.append(UInt8(ascii: "["))
            for (index, value) in values.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                value.writeLine(to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            for (index, name) in Self.sorted(members).enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                Self.write(name, to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                (members[name] ?? .null).writeLine(to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    private static func sorted(_ members: ByteDictionary<JSON>) -> [String] {
        members.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// Whole numbers are written without a fraction, as most programs do.
    private static func text(_ number: Double) -> String {
        if number.magnitude < 0x1p53, let whole = Int(exactly: number) { return String(whole) }
        return String(number)
    }

    private func write(to bytes: inout [UInt8], indent: Int) {
        switch self {
        case .null: bytes += "null".utf8
        case .bool(let value): bytes += (value ? "true" : "false").utf8
        case .integer(let value): bytes += String(value).utf8
        case .number(let value): bytes += Self.text(value).utf8
        case .string(let value): Self.write(value, to: &bytes)
        case .array(let values):
            Self.writeLines(values.count, "[", "]", to: &bytes, indent: indent) { index, bytes in
                values[index].write(to: &bytes, indent: indent + 1)
            }
        case .object(let members):
            let names = Self.sorted(members)
            Self.writeLines(names.count, "{", "}", to: &bytes, indent: indent) { index, bytes in
                Self.write(names[index], to: &bytes)
                bytes += ": ".utf8
                (members[names[index]] ?? .null).write(to: &bytes, indent: indent + 1)
            }
        }
    }

    private static func writeLines(
        _ count: Int,
        _ open: String,
        _ close: String,
        to bytes: inout [UInt8],
        indent: Int,
        _ line: (Int, inout [UInt8]) -> Void
    ) {
        bytes += open.utf8
        for index in 0..<count {
            bytes += (index == 0 ? "\n" : ",\n").utf8
            bytes += repeatElement(UInt8(ascii: " "), count: 4 * (indent + 1))
            line(index, &bytes)
        }
        if count > 0 {
            bytes.append(UInt8(ascii: "\n"))
            bytes += repeatElement(UInt8(ascii: " "), count: 4 * indent)
        }
        bytes += close.utf8
    }

    private static func write(_ text: String, to bytes: inout [UInt8]) {
        var text = text
        bytes.append(UInt8(ascii: "\""))
        text.withUTF8 { text in
            var start = 0
            for (index, byte) in text.enumerated() {
                // Controls such as U+009B, which terminals follow as they do ESC [; in UTF-8 they begin with 0xc2.
                let isControl = (0x80...0x9f).contains(byte) && index > 0 && text[index - 1] == 0xc2
                let isPlain = byte >= 32 && byte != 127 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
                if isPlain, !isControl { continue }
                bytes += text[start..<(isControl ? index - 1 : index)]
                start = index + 1
                switch byte {
                case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
                case UInt8(ascii: "\n"): bytes += "\\n".utf8
                case UInt8(ascii: "\t"): bytes += "\\t".utf8
                default: bytes += "\\u00".utf8 + [digit(byte >> 4), digit(byte & 15)]
                }
            }
            bytes += text[start...]
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
