extension String {
    /// The text with `***` in place of users and passwords in URLs, for everything that is shown or logged.
    ///
    /// These are the characters between `://` and the last `@` of an authority (RFC 3986, section 3.2), which ends at a
    /// slash, at white space or at a quote.
    public var withoutURLPasswords: String {
        guard utf8.contains(UInt8(ascii: "@")), contains("://") else { return self }
        let bytes = Array(utf8)
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            guard bytes[index...].starts(with: Self.authorityStart) else {
                result.append(bytes[index])
                index += 1
                continue
            }
            let start = index + Self.authorityStart.count
            let end = bytes[start...].firstIndex(where: Self.authorityEnds.contains) ?? bytes.count
            result += Self.authorityStart
            index = start
            guard let at = bytes[start..<end].lastIndex(of: UInt8(ascii: "@")) else { continue }
            result += "***".utf8
            index = at
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static let authorityStart = Array("://".utf8)
    private static let authorityEnds = Set("/?# \t\r\n\"'<>".utf8)
}

extension Failure {
    /// The same failure, with `String.withoutURLPasswords` of all that it says.
    public var withoutURLPasswords: Failure {
        var failure = self
        failure.message = message.withoutURLPasswords
        failure.hint = hint?.withoutURLPasswords
        failure.excerpt = excerpt.map(\.withoutURLPasswords)
        if let cause = cause as? Failure { failure.cause = cause.withoutURLPasswords }
        return failure
    }
}
