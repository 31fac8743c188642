import Crypto
import PluginWire

/// How apt names the indexes that it keeps, and what a suite's list says of them.
enum AptLists {
    /// An index as a list describes it.
    struct Entry {
        var url: String
        var size: Int
        var digest: String
        var function: Digest.Function

        /// Whether a file is this index.
        func fits(_ path: String) throws -> Bool {
            guard SystemFile.size(path) == size else { return false }
            return try Digest.ofFile(path, function) == digest
        }
    }

    /// What a list says of each index, by the name under which apt keeps it.
    static func digests(in text: String, base: String) -> [String: Entry] {
        var entries: [String: Entry] = [:]
        // The second wins: the first is for repositories that have nothing else.
        for (field, function) in [("SHA512", Digest.Function.sha512), ("SHA256", .sha256)] {
            for stanza in ControlFile.stanzas(text) {
                for line in Text.lines(stanza[field] ?? "") {
                    let words = Text.words(line)
                    guard words.count == 3, let size = Int(words[1]), size >= 0 else { continue }
                    let url = base + words[2]
                    entries[fileName(url)] = Entry(
                        url: url,
                        size: size,
                        digest: words[0].lowercased(),
                        function: function
                    )
                }
            }
        }
        return entries
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
        if let sign = rest.prefix(while: { $0 != "/" }).lastIndex(of: "@") { rest = rest[rest.index(after: sign)...] }
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
