import System

/// A package as an index, or the database of a tree, describes it: lines that begin with a letter (apk-package(5)).
struct IndexRecord: Sendable, Equatable {
    /// Each line's letter and value, in their order.
    var lines: [(letter: UInt8, value: String)] = []

    static func == (a: IndexRecord, b: IndexRecord) -> Bool { a.text == b.text }

    subscript(letter: Unicode.Scalar) -> String? {
        let byte = UInt8(ascii: letter)
        return lines.first { $0.letter == byte }?.value
    }

    private func words(_ letter: Unicode.Scalar) -> [Relation] {
        (self[letter] ?? "").utf8.split(separator: UInt8(ascii: " ")).compactMap { Relation(String(Substring($0))) }
    }

    var name: String { self["P"] ?? "" }
    var version: String { self["V"] ?? "" }
    var architecture: String {
        get { self["A"] ?? "noarch" }
        set {
            let line = (letter: UInt8(ascii: "A"), value: newValue)
            if let place = lines.firstIndex(where: { $0.letter == line.letter }) {
                lines[place] = line
            } else {
                lines.append(line)
            }
        }
    }
    /// `Q1` and the SHA-1 digest, or `Q2` and the SHA-256 digest, of the part of the file with the description, in Base64.
    var checksum: String? { self["C"] }
    var fileName: String { "\(name)-\(version).apk" }
    var dependencies: [Relation] { words("D") }
    var provides: [Relation] { words("p") }
    /// The package is installed by itself once all of these are.
    var installIf: [Relation] { words("i") }
    var priority: Int { self["k"].flatMap { Int($0) } ?? 0 }

    /// The record as an index has it, with the empty line that ends it.
    var text: String { lines.map { "\(Unicode.Scalar($0.letter)):\($0.value)\n" }.joined() + "\n" }

    /// Records of a text; those that no file or directory could be named after are left out.
    static func parse(_ text: String) -> [IndexRecord] {
        var records: [IndexRecord] = []
        var current = IndexRecord()
        func isUsable(_ record: IndexRecord) -> Bool {
            guard let first = record.name.utf8.first, !record.version.isEmpty else { return false }
            // With a dash in front a program takes it for an option.
            return FileName(record.fileName) != nil && first != UInt8(ascii: ".") && first != UInt8(ascii: "-")
        }
        for line in text.lines + [""] {
            let bytes = line.utf8
            if bytes.isEmpty {
                if isUsable(current) { records.append(current) }
                current = IndexRecord()
            } else if bytes.count >= 2, let letter = bytes.first, bytes.dropFirst().first == UInt8(ascii: ":") {
                current.lines.append((letter, String(Substring(bytes.dropFirst(2)))))
            }
        }
        return records
    }
}

/// A name with a condition on its version: `name`, `name>=1.2`, `!name`, `so:libc.so.6`.
struct Relation: Sendable, Hashable {
    enum Comparison: String, Sendable {
        case less = "<"
        case lessOrEqual = "<="
        case equal = "="
        case greaterOrEqual = ">="
        case greater = ">"
        /// The version begins with this one.
        case similar = "~"
    }

    var name: String
    var comparison: Comparison?
    var version: String?
    /// True if the package must not be there.
    var isConflict = false

    init?(_ text: String) {
        var rest = text.utf8[...]
        if rest.first == UInt8(ascii: "!") {
            isConflict = true
            rest = rest.dropFirst()
        }
        let name = rest.prefix { !"<>=~@".utf8.contains($0) }
        guard !name.isEmpty else { return nil }
        self.name = String(Substring(name))
        rest = rest.dropFirst(name.count)
        let sign = rest.prefix { "<>=~".utf8.contains($0) }
        // `=~` and `~=` mean the same as `~`.
        let word = sign.contains(UInt8(ascii: "~")) ? "~" : String(Substring(sign))
        let version = rest.dropFirst(sign.count).prefix { $0 != UInt8(ascii: "@") }
        guard !sign.isEmpty, !version.isEmpty else { return }
        comparison = Comparison(rawValue: word)
        self.version = String(Substring(version))
    }

    /// Returns true if a package or something provided of that version is meant; nil is a version of nothing.
    func allows(_ other: String?) -> Bool {
        guard let comparison, let version else { return true }
        guard let other else { return false }
        let (one, two) = (PackageVersion(other), PackageVersion(version))
        switch comparison {
        case .less: return one < two
        case .lessOrEqual: return !(two < one)
        case .equal: return one == two
        case .greaterOrEqual: return !(one < two)
        case .greater: return two < one
        case .similar: return one.begins(with: two)
        }
    }
}
