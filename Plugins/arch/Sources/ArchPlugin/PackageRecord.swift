import ByteKeys
import System

/// The record of a package in a database of pacman: fields with a name between percent signs and one value a line.
///
/// The file `desc` of a repository's database and that of the tree have the same form.
struct PackageRecord: Sendable, Equatable {
    struct Field: Sendable, Equatable {
        var name: String
        var values: [String]
    }

    var fields: [Field] = []

    init() {}

    init(parsing text: String) {
        for line in text.lines {
            let bytes = line.utf8
            if bytes.count > 2, bytes.first == UInt8(ascii: "%"), bytes.last == UInt8(ascii: "%") {
                fields.append(Field(name: String(line.dropFirst().dropLast()), values: []))
            } else if !line.isEmpty, !fields.isEmpty {
                fields[fields.count - 1].values.append(String(line))
            }
        }
    }

    /// The values of a field; none if it is missing.
    subscript(all name: String) -> [String] {
        get { fields.first { $0.name == name }?.values ?? [] }
        set {
            fields.removeAll { $0.name == name }
            if !newValue.isEmpty { fields.append(Field(name: name, values: newValue)) }
        }
    }

    /// The only value of a field.
    subscript(name: String) -> String? { self[all: name].first }

    /// Replaces a field where it is, or adds it behind another one.
    mutating func set(_ name: String, to value: String, after other: String) {
        if let index = fields.firstIndex(where: { $0.name == name }) {
            fields[index].values = [value]
        } else {
            let place = fields.firstIndex { $0.name == other }.map { $0 + 1 } ?? fields.count
            fields.insert(Field(name: name, values: [value]), at: place)
        }
    }

    /// The file, as pacman writes it.
    var text: String {
        fields.map { "%\($0.name)%\n" + $0.values.map { "\($0)\n" }.joined() + "\n" }.joined()
    }

    var name: String { self["NAME"] ?? "" }
    var version: String { self["VERSION"] ?? "" }
    /// The name of the package's directory in a database.
    var directory: String { "\(name)-\(version)" }
    /// True if it can be the name of a directory, and pacman would find it again.
    var isNamed: Bool {
        guard let first = name.utf8.first, !version.isEmpty else { return false }
        // With a dash in front a program takes it for an option.
        return FileName(directory) != nil && first != UInt8(ascii: ".") && first != UInt8(ascii: "-")
    }
}

extension PackageRecord {
    /// Fields of `.PKGINFO` in a package, in the order of a repository's database, by the names that the database has.
    private static let fieldsOfPackages: [(key: String, name: String)] = [
        ("pkgname", "NAME"), ("pkgbase", "BASE"), ("pkgver", "VERSION"), ("pkgdesc", "DESC"), ("group", "GROUPS"),
        ("size", "ISIZE"), ("url", "URL"), ("license", "LICENSE"), ("arch", "ARCH"), ("builddate", "BUILDDATE"),
        ("packager", "PACKAGER"), ("replaces", "REPLACES"), ("conflict", "CONFLICTS"), ("provides", "PROVIDES"),
        ("depend", "DEPENDS"), ("optdepend", "OPTDEPENDS"),
    ]

    /// Reads a package's own description, the file `.PKGINFO`.
    init(package text: String) {
        var values: ByteDictionary<[String]> = [:]
        for line in text.lines where line.utf8.first != UInt8(ascii: "#") {
            let parts = line.utf8.split(separator: UInt8(ascii: "="), maxSplits: 1).map {
                String(Substring($0)).trimmed
            }
            if parts.count == 2 { values[parts[0], default: []].append(parts[1]) }
        }
        for (key, name) in Self.fieldsOfPackages {
            if let found = values[key], !found.isEmpty { fields.append(Field(name: name, values: found)) }
        }
    }
}

extension String {
    /// Without blanks at both ends.
    var trimmed: String {
        let isBlank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 }
        let rest = utf8.drop(while: isBlank)
        guard let last = rest.lastIndex(where: { !isBlank($0) }) else { return "" }
        return String(Substring(rest[...last]))
    }
}
