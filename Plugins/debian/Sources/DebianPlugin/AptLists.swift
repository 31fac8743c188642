import ByteKeys
import Crypto
import DistributionKit
import PluginWire

/// The names under which apt keeps indexes, and the contents of a suite's list about them.
enum AptLists {
    /// An index as a list describes it.
    struct Entry {
        var url: String
        var size: Int
        var digest: String
        var function: Digest.Function

        /// Returns true if a file is this index.
        func fits(_ path: String) throws -> Bool {
            guard SystemFile.size(path) == size else { return false }
            return try Digest.ofFile(path, function) == digest
        }
    }

    /// Returns a list's digests of some indexes, by the names under which apt keeps them.
    ///
    /// A list has thousands of lines, of which a few matter.
    static func digests(in text: String, base: String, of names: ByteSet) -> ByteDictionary<Entry> {
        // A path ends as the name of its file does, up to characters that only the name escapes.
        let ends = names.map { name in
            Array(
                name.utf8[
                    (name.utf8.lastIndex(of: UInt8(ascii: "_")).map(name.utf8.index(after:)) ?? name.startIndex)...
                ]
            )
        }
        let isPlain = !ends.contains { $0.contains(UInt8(ascii: "%")) }
        var entries: ByteDictionary<Entry> = [:]
        var function: Digest.Function?
        for line in text.utf8.split(separator: UInt8(ascii: "\n")) {
            guard line.first == 0x20 || line.first == 0x09 else {
                let field = Substring(line.prefix { $0 != UInt8(ascii: ":") }).lowercased()
                function = ["sha512": .sha512, "sha256": .sha256][field]
                continue
            }
            guard let function else { continue }
            if isPlain, !ends.contains(where: { line.suffix($0.count).elementsEqual($0) }) { continue }
            let words = Text.words(Substring(line))
            guard words.count == 3, let size = Int(words[1]), size >= 0 else { continue }
            let url = base + words[2]
            let name = fileName(url)
            // SHA-512 is for repositories that have nothing else.
            if !names.contains(name) || function == .sha512 && entries[name]?.function == .sha256 { continue }
            entries[name] = Entry(url: url, size: size, digest: words[0].lowercased(), function: function)
        }
        return entries
    }

    /// The value of a field that has one line, wherever it is in a list.
    static func value(of field: String, in text: String) -> String? {
        let name = Array("\(field.lowercased()):".utf8)
        let isLetter = { (byte: UInt8) in byte >= 0x41 && byte <= 0x5A }
        return text.utf8.split(separator: UInt8(ascii: "\n")).first { line in
            line.prefix(name.count).map { isLetter($0) ? $0 | 0x20 : $0 } == name
        }.map { Text.trimmed(String(Substring($0.dropFirst(name.count)))) }
    }

    /// The name under which apt keeps the file of a URL.
    static func fileName(_ url: String) -> String {
        var rest = Substring(url)
        if let range = Text.range(of: "://", in: url) {
            rest = rest[range.upperBound...]
        } else if let colon = rest.firstIndex(of: ":") {
            rest = rest[rest.index(after: colon)...]
        }
        // A name and a password for the server are no part of it.
        if let sign = rest.utf8.prefix(while: { $0 != UInt8(ascii: "/") }).lastIndex(of: UInt8(ascii: "@")) {
            rest = rest[rest.utf8.index(after: sign)...]
        }
        let special = Set("\\|{}[]<>\"^~_=!@#$%*".utf8)
        var name = ""
        for byte in rest.utf8 {
            if byte == UInt8(ascii: "/") {
                name += "_"
            } else if special.contains(byte) || byte <= 0x20 || byte >= 0x7F {
                let digits = String(byte, radix: 16)
                name += "%" + (digits.count == 1 ? "0" : "") + digits
            } else {
                name.unicodeScalars.append(Unicode.Scalar(byte))
            }
        }
        return name
    }
}
