/// The assignments of one definition file and of its drop-ins, in the syntax of systemd.syntax(7).
///
///     line = blank | ("#" | ";") text | "[" name "]" | name "=" value
///
/// A line that ends in a backslash goes on in the next one that is no comment. Sections and keys that begin with `X-`
/// are for other programs.
struct DefinitionFile {
    /// The path of the file in messages.
    private var path: String
    private(set) var assignments: [Assignment] = []

    struct Assignment {
        let key: String
        let value: String
        let place: Place
    }

    /// A line of a file.
    struct Place: Sendable, Equatable, CustomStringConvertible {
        var path: String
        var line: Int

        var description: String { "\(path):\(line)" }
    }

    private enum Section {
        case none, partition, foreign
    }

    /// Bytes of a definition; real ones have a few hundred.
    private static let limit = 1 << 20

    /// Throws `definition` for text that is no such file or has over 1 MiB, and for sections other than `[Partition]`.
    init(_ file: DefinitionReader.File) throws(DiskError) {
        path = file.path
        try read(file.path, file.text)
        for dropIn in file.dropIns ?? [] { try read(dropIn.path, dropIn.text) }
        path = file.path
    }

    private mutating func read(_ path: String, _ text: String) throws(DiskError) {
        self.path = path
        guard text.utf8.count <= Self.limit else { throw failure(nil, "A definition has no more than 1 MiB") }
        var section = Section.none
        // The lines that go on, joined, and the number of the first.
        var pending = ""
        var start: Int?
        let lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, bytes) in lines.enumerated() {
            var line = Substring(bytes)
            if line.utf8.last == UInt8(ascii: "\r") { line = line.dropLast() }
            let number = index + 1
            let trimmed = line.trimmingSpace
            if start == nil, trimmed.isEmpty { continue }
            if trimmed.utf8.first == UInt8(ascii: "#") || trimmed.utf8.first == UInt8(ascii: ";") { continue }
            let piece = start == nil ? trimmed : line
            let first = start ?? number
            if piece.utf8.last == UInt8(ascii: "\\"), index + 1 < lines.count {
                pending.append(contentsOf: Substring(piece.utf8.dropLast()))
                pending += " "
                start = first
                continue
            }
            pending.append(contentsOf: piece)
            try read(Substring(pending).trimmingSpace, line: first, in: &section)
            (pending, start) = ("", nil)
        }
        if let start { try read(Substring(pending).trimmingSpace, line: start, in: &section) }
    }

    private mutating func read(_ line: Substring, line number: Int, in section: inout Section) throws(DiskError) {
        if line.isEmpty { return }
        let place = Place(path: path, line: number)
        if line.hasPrefix("["), line.hasSuffix("]") {
            section = line == "[Partition]" ? .partition : .foreign
            guard section == .partition || line.hasPrefix("[X-") else {
                throw failure(place, "There is no section \(line)", "Use [Partition]")
            }
            return
        }
        if section == .foreign { return }
        guard let equals = line.utf8.firstIndex(of: UInt8(ascii: "=")), equals != line.startIndex else {
            throw failure(place, "This is neither [Partition] nor Key=value: \(line)")
        }
        guard section == .partition else {
            throw failure(place, "\(line[..<equals])= is not in a section", "Add [Partition]")
        }
        let key = String(line[..<equals].trimmingSpace)
        if key.hasPrefix("X-"), DefinitionReader.keys[key] == nil { return }
        let value = String(line[line.utf8.index(after: equals)...].trimmingSpace)
        // What is no UTF-8 has become this character.
        guard !value.unicodeScalars.contains("\u{FFFD}") else { throw failure(place, "\(key)= is not UTF-8 text") }
        assignments.append(Assignment(key: key, value: value, place: place))
    }

    /// Returns an error about a line, or about the file.
    func failure(_ place: Place?, _ message: String, _ hint: String? = nil) -> DiskError {
        DiskError(.definition, "\(place?.description ?? path): \(message)", hint: hint)
    }
}

extension Substring {
    var trimmingSpace: Substring {
        func isSpace(_ character: Character) -> Bool { character == " " || character == "\t" || character == "\r" }
        var rest = drop(while: isSpace)
        while let last = rest.last, isSpace(last) { rest.removeLast() }
        return rest
    }
}
