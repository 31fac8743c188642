/// A file of stanzas as dpkg and apt write them (deb822): `Field: value`, continued on lines that begin with a blank.
enum ControlFile {
    /// The stanzas of a file, in order.
    static func stanzas(_ bytes: [UInt8]) -> [Stanza] {
        var stanzas: [Stanza] = []
        var lines: [ArraySlice<UInt8>] = []
        func finish() {
            if let stanza = Stanza(lines: lines) { stanzas.append(stanza) }
            lines.removeAll(keepingCapacity: true)
        }
        for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) {
                finish()
            } else if line.first != UInt8(ascii: "#") {
                lines.append(line)
            }
        }
        finish()
        return stanzas
    }

    static func stanzas(_ text: String) -> [Stanza] {
        stanzas(Array(text.utf8))
    }
}

/// One stanza: fields in the order of the file.
struct Stanza: Sendable, Equatable {
    struct Field: Sendable, Equatable {
        var name: String
        /// Without the blank after the colon; further lines keep their own first blank.
        var value: String
    }

    var fields: [Field]

    init(fields: [Field]) {
        self.fields = fields
    }

    /// Reads the lines of one stanza; nil when there is no field among them.
    init?(lines: [ArraySlice<UInt8>]) {
        fields = []
        for line in lines {
            if line.first == 0x20 || line.first == 0x09 {
                guard !fields.isEmpty else { continue }
                fields[fields.count - 1].value += "\n" + String(decoding: line, as: UTF8.self)
            } else if let colon = line.firstIndex(of: UInt8(ascii: ":")) {
                let name = String(decoding: line[..<colon], as: UTF8.self)
                let rest = line[(colon + 1)...].drop { $0 == 0x20 || $0 == 0x09 }
                let value = String(decoding: rest, as: UTF8.self)
                // dpkg keeps blanks at the end of a synopsis.
                fields.append(Field(name: name, value: name == "Description" ? value : Text.trimmed(value)))
            }
        }
        if fields.isEmpty { return nil }
    }

    /// The value of a field; names do not depend on case.
    subscript(name: String) -> String? {
        let wanted = name.utf8.count
        // Lower-casing every name of every stanza of a large index would be most of the work of reading it.
        return fields.first { field in
            field.name == name
                || (field.name.utf8.count == wanted && field.name.lowercased() == name.lowercased())
        }?.value
    }

    /// The words of a field that holds a list, separated by blanks or line ends.
    func words(_ name: String) -> [String] {
        Text.words(self[name] ?? "")
    }

    /// The text of the stanza, without an empty line after it.
    var text: String {
        fields.map { "\($0.name):\($0.value.hasPrefix("\n") || $0.value.isEmpty ? "" : " ")\($0.value)\n" }.joined()
    }
}
