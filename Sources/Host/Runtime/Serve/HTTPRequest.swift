import Glibc

/// The head of a request (RFC 9112), as far as a server of files needs it.
struct HTTPRequest: Sendable, Equatable {
    enum Method: Sendable {
        case get
        case head
    }

    var method: Method
    /// The decoded names on the way from the served directory; empty for the directory itself.
    var path: [[UInt8]]
    /// True if the target ends with a slash.
    var endsWithSlash: Bool
    /// The target as it was sent, for a redirection and the log.
    var target: String
    var staysOpen: Bool
    /// Fields by their names in lower case; those that occur twice are joined.
    var fields: [String: String]

    /// A request that is answered with an error.
    struct Refusal: Error, Equatable {
        var status: Int
    }

    /// The most bytes of a head.
    static let limit = 16 << 10

    /// Reads the lines of a head, which end with an empty one.
    init(_ head: [UInt8]) throws(Refusal) {
        let lines = head.split(separator: 0x0a, omittingEmptySubsequences: false)
            .map { $0.last == 0x0d ? $0.dropLast() : $0 }
        guard let first = lines.first else { throw Refusal(status: 400) }
        let words = first.split(separator: 0x20, omittingEmptySubsequences: false).map { Array($0) }
        guard words.count == 3, words[2].starts(with: "HTTP/".utf8) else { throw Refusal(status: 400) }
        let version = String(decoding: words[2].dropFirst(5), as: UTF8.self)
        guard version.hasPrefix("1.") else { throw Refusal(status: 505) }
        fields = try Self.fields(lines.dropFirst())
        let isOld = version == "1.0"
        guard isOld || fields["host"] != nil else { throw Refusal(status: 400) }
        // A file has nothing to do with a body, and what is not read would be taken for the next request.
        guard fields["transfer-encoding"] == nil, (fields["content-length"] ?? "0") == "0" else {
            throw Refusal(status: 413)
        }
        switch String(decoding: words[0], as: UTF8.self) {
        case "GET": method = .get
        case "HEAD": method = .head
        default: throw Refusal(status: 405)
        }
        let options = (fields["connection"] ?? "").lowercased().split(separator: ",")
            .map { $0.filter { $0 != " " } }
        staysOpen = isOld ? options.contains("keep-alive") : !options.contains("close")
        let target = Self.withoutAuthority(words[1])
        // Control characters would get into the log, and a line break into the fields of a redirection.
        guard target.first == 0x2f, target.allSatisfy({ $0 > 0x20 && $0 != 0x7f }) else { throw Refusal(status: 400) }
        let path = target.prefix { $0 != 0x3f && $0 != 0x23 }
        // Two slashes in front would make the first name that of a host in a redirection (RFC 3986 section 4.2).
        self.target = "/" + String(decoding: path.drop { $0 == 0x2f }, as: UTF8.self)
        endsWithSlash = path.last == 0x2f
        self.path = try path.split(separator: 0x2f).map { part throws(Refusal) in try Self.decoded(part) }
    }

    private static func fields(_ lines: some Sequence<ArraySlice<UInt8>>) throws(Refusal) -> [String: String] {
        var fields: [String: String] = [:]
        for line in lines where !line.isEmpty {
            guard let colon = line.firstIndex(of: 0x3a), colon > line.startIndex,
                ![0x20, 0x09].contains(line[line.startIndex])
            else { throw Refusal(status: 400) }
            let name = String(decoding: line[..<colon], as: UTF8.self).lowercased()
            guard !name.contains(where: \.isWhitespace) else { throw Refusal(status: 400) }
            let text = String(decoding: line[(colon + 1)...], as: UTF8.self)
            let value = String(
                text.drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed()
            )
            fields[name] = fields[name].map { "\($0), \(value)" } ?? value
        }
        return fields
    }

    /// A client may name the whole address, as it does to a proxy.
    private static func withoutAuthority(_ target: [UInt8]) -> ArraySlice<UInt8> {
        guard target.starts(with: "http://".utf8) else { return target[...] }
        let rest = target.dropFirst(7)
        guard let slash = rest.firstIndex(of: 0x2f) else { return [0x2f] }
        return rest[slash...]
    }

    /// One name of a path: neither `.` nor `..` nor anything with a slash or a null byte, however it is written.
    private static func decoded(_ part: ArraySlice<UInt8>) throws(Refusal) -> [UInt8] {
        var name: [UInt8] = []
        var rest = part
        while let byte = rest.popFirst() {
            guard byte == 0x25 else {
                name.append(byte)
                continue
            }
            guard rest.count > 1, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16),
                rest.prefix(2).allSatisfy({ isxdigit(CInt($0)) != 0 })
            else { throw Refusal(status: 400) }
            name.append(value)
            rest = rest.dropFirst(2)
        }
        guard !name.contains(0), !name.contains(0x2f) else { throw Refusal(status: 400) }
        guard name != [0x2e], name != [0x2e, 0x2e] else { throw Refusal(status: 400) }
        return name
    }
}
