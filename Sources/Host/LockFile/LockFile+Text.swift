import ByteKeys
import PluginWire

extension LockFile {
    /// The file's text; equal values have equal texts.
    public var text: String {
        var lines = [
            "# The exact packages of every image. Written by \"mkosi lock\"; keep it under version control.",
            "mkosi-lock \(Self.version)",
        ]
        for entry in entries {
            lines.append("")
            let subject = entry.subject
            lines.append(Self.line("image", [subject.image, subject.purpose]))
            lines.append(Self.line("from", [subject.distribution, subject.release, subject.architecture]))
            lines += ByteSet(entry.asked).sorted().map { Self.line("ask", [$0]) }
            lines += entry.indexes.sorted { Self.precedes($0.url, $1.url) }.map {
                Self.line("index", [$0.sha256, $0.url])
            }
            lines += entry.packages.sorted(by: Self.precedes).map { package in
                Self.line(
                    "package",
                    [
                        package.name, package.version, package.architecture,
                        String(entry.order[LockOrder.name(of: package)] ?? 0), String(package.size), package.sha256,
                        package.fileName, Self.marks(of: package),
                    ] + package.urls
                )
            }
            lines += entry.files.sorted { Self.precedes($0.sha256, $1.sha256) }
                .map { Self.line("file", [$0.sha256, String($0.size)] + $0.urls) }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func precedes(_ left: String, _ right: String) -> Bool {
        left.utf8.lexicographicallyPrecedes(right.utf8)
    }

    private static func precedes(_ left: ABI.V1.Package, _ right: ABI.V1.Package) -> Bool {
        func key(_ package: ABI.V1.Package) -> String {
            "\(package.name) \(package.architecture) \(package.version) \(package.sha256)"
        }
        return precedes(key(left), key(right))
    }

    /// Returns a plugin's further statements about a package.
    private static func marks(of package: ABI.V1.Package) -> String {
        var marks: [String] = []
        if package.requested == true { marks.append("requested") }
        if package.alongside == true { marks.append("alongside") }
        if let source = package.source { marks.append("source=\(source)") }
        if let repository = package.repository {
            // The comma is between marks.
            marks.append("repository=\(escaped(repository).replacing(",", with: "%2C"))")
        }
        return marks.isEmpty ? "-" : marks.joined(separator: ",")
    }

    private static func line(_ word: String, _ columns: [String]) -> String {
        ([word] + columns.map(escaped)).joined(separator: " ")
    }

    /// A column without spaces, line ends and percent signs of its own; an empty one is `%`.
    static func escaped(_ text: String) -> String {
        if text.isEmpty { return "%" }
        guard text.utf8.contains(where: { $0 <= 32 || $0 == UInt8(ascii: "%") || $0 == 127 }) else { return text }
        let digits = Array("0123456789ABCDEF".utf8)
        let bytes = text.utf8.flatMap { byte -> [UInt8] in
            let isPlain = byte > 32 && byte != UInt8(ascii: "%") && byte != 127
            return isPlain ? [byte] : [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The text that `escaped` made a column of; nil when it made none like it.
    static func unescaped(_ column: Substring) -> String? {
        if column == "%" { return "" }
        if !column.utf8.contains(UInt8(ascii: "%")) { return String(column) }
        var bytes: [UInt8] = []
        var rest = column.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let pair = rest.prefix(2)
            guard pair.count == 2, let value = UInt8(String(decoding: pair, as: UTF8.self), radix: 16) else {
                return nil
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
