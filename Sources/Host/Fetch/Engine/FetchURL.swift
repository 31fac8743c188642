/// The parts of a URL that decide how it is fetched.
struct FetchURL: Sendable {
    enum Scheme: String, Sendable {
        case http, https, file
    }

    /// As it was given.
    let text: String
    let scheme: Scheme
    /// Server and port, without a user's name and password; empty for files.
    let host: String
    /// Of a file: the path on this machine.
    let path: String

    /// Reads a URL; nil when it is malformed or of a scheme that is not fetched.
    init?(_ text: String) {
        guard let colon = text.firstIndex(of: ":"), let scheme = Scheme(rawValue: text[..<colon].lowercased()) else {
            return nil
        }
        var rest = text[text.index(after: colon)...]
        var authority: Substring = ""
        if rest.hasPrefix("//") {
            rest = rest.dropFirst(2)
            let end = rest.firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? rest.endIndex
            authority = rest[..<end]
            rest = rest[end...]
        }
        self.text = text
        self.scheme = scheme
        let hostStart = authority.lastIndex(of: "@").map { authority.index(after: $0) } ?? authority.startIndex
        host = authority[hostStart...].lowercased()
        switch scheme {
        case .file:
            guard rest.hasPrefix("/"), host.isEmpty || host == "localhost", let path = Self.decoded(rest) else {
                return nil
            }
            self.path = path
        case .http, .https:
            guard !host.isEmpty, !text.utf8.contains(where: { $0 <= 0x20 }) else { return nil }
            path = String(rest)
        }
    }

    /// The URL for messages and events, without a password.
    var shown: String {
        guard scheme != .file, let at = text.firstIndex(of: "@"), let start = text.firstRange(of: "//") else {
            return text
        }
        let authorityEnd = text[start.upperBound...].firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? text.endIndex
        guard at < authorityEnd else { return text }
        return String(text[..<start.upperBound] + text[text.index(after: at)...])
    }

    /// Replaces `%2B` and the like; nil when a path holds half of one or a NUL.
    private static func decoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = String(decoding: rest.prefix(2), as: UTF8.self)
            guard digits.utf8.count == 2, let value = UInt8(digits, radix: 16), value != 0 else { return nil }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
