internal import FetchWire

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
        guard let parts = Parts(text), let scheme = Scheme(rawValue: parts.scheme.lowercased()) else { return nil }
        self.text = text
        self.scheme = scheme
        let rest = parts.rest
        host = parts.host.lowercased()
        switch scheme {
        case .file:
            guard rest.utf8.first == UInt8(ascii: "/"), host.isEmpty || host == "localhost",
                let path = Self.decoded(rest)
            else {
                return nil
            }
            self.path = path
        case .http, .https:
            guard !host.isEmpty, !text.utf8.contains(where: { $0 <= 0x20 }) else { return nil }
            path = String(rest)
        }
    }

    /// The one of these servers that the URL is at, if it is encrypted.
    func server(among servers: [FetchServer]) -> FetchServer? {
        guard scheme == .https else { return nil }
        return servers.first { server in
            server.urls.lazy.compactMap(FetchURL.init).contains { $0.scheme == .https && $0.host == host }
        }
    }

    /// The URL for messages and events, without a password.
    var shown: String {
        guard scheme != .file, let parts = Parts(text), !parts.login.isEmpty else { return text }
        return "\(text[..<parts.login.startIndex])\(text[parts.login.endIndex...])"
    }

    /// The parts between the marks of a URL (RFC 3986, 3).
    ///
    /// By bytes, as libcurl reads it: as characters, a mark with a combining one behind it is another character.
    private struct Parts {
        let scheme: Substring
        /// A user's name and password, with the `@` behind them: the last one, as passwords may have one.
        let login: Substring
        let host: Substring
        /// Path, query and fragment.
        let rest: Substring

        init?(_ text: String) {
            guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) else { return nil }
            scheme = text[..<colon]
            var rest = text.utf8[text.utf8.index(after: colon)...]
            var authority = rest[..<rest.startIndex]
            if rest.starts(with: "//".utf8) {
                rest = rest.dropFirst(2)
                authority = rest.prefix { !"/?#".utf8.contains($0) }
                rest = rest[authority.endIndex...]
            }
            let at = authority.lastIndex(of: UInt8(ascii: "@"))
            let hostStart = at.map { authority.index(after: $0) } ?? authority.startIndex
            login = Substring(authority[..<hostStart])
            host = Substring(authority[hostStart...])
            self.rest = Substring(rest)
        }
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
