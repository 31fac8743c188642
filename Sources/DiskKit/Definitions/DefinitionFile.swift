/// The assignments of one definition file, in the syntax of systemd.syntax(7).
///
///     line = blank | ("#" | ";") text | "[" name "]" | name "=" value
///
/// A line that ends in a backslash goes on in the next one that is no comment.
struct DefinitionFile {
    /// What to call the file in messages.
    let path: String
    private(set) var assignments: [Assignment] = []

    struct Assignment {
        let key: String
        let value: String
        let line: Int
    }

    /// Bytes of a definition; real ones have a few hundred.
    private static let limit = 1 << 20

    /// Throws `definition` for text that is no such file or has over 1 MiB, and for sections other than `[Partition]`.
    init(path: String, text: String) throws(DiskError) {
        self.path = path
        guard text.utf8.count <= Self.limit else { throw failure(nil, "A definition has no more than 1 MiB") }
        var isInSection = false
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
            try read(Substring(pending).trimmingSpace, line: first, isInSection: &isInSection)
            (pending, start) = ("", nil)
        }
        if let start { try read(Substring(pending).trimmingSpace, line: start, isInSection: &isInSection) }
    }

    private mutating func read(_ line: Substring, line number: Int, isInSection: inout Bool) throws(DiskError) {
        if line.isEmpty { return }
        if line.hasPrefix("["), line.hasSuffix("]") {
            guard line == "[Partition]" else { throw failure(number, "There is no section \(line)", "Use [Partition]") }
            isInSection = true
            return
        }
        guard let equals = line.utf8.firstIndex(of: UInt8(ascii: "=")), equals != line.startIndex else {
            throw failure(number, "This is neither [Partition] nor Key=value: \(line)")
        }
        guard isInSection else { throw failure(number, "\(line[..<equals])= is not in a section", "Add [Partition]") }
        assignments.append(
            Assignment(
                key: String(line[..<equals].trimmingSpace),
                value: String(line[line.utf8.index(after: equals)...].trimmingSpace),
                line: number
            )
        )
    }

    func failure(_ line: Int?, _ message: String, _ hint: String? = nil) -> DiskError {
        DiskError(.definition, "\(path):\(line.map { "\($0):" } ?? "") \(message)", hint: hint)
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
