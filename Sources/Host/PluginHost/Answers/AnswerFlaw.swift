import Support

/// The reason why the host cannot use a plugin's answer, or the files that it left.
public struct AnswerFlaw: Error, Sendable, Equatable {
    /// The rest of a sentence that begins with the plugin, without a final full stop.
    public var reason: String

    init(_ reason: String) {
        self.reason = reason
    }
}

extension AnswerFlaw {
    /// Text of a plugin in quotation marks, on one line and short.
    static func quoted(_ text: String) -> String { "\"\(Excerpt.text(String(text.prefix(80))))\"" }

    /// Returns the flaw in the digest of a file, in words that follow the plugin's name; nil: none, or there is no
    /// digest.
    static func ofDigest(_ sha256: String?, name: String) -> String? {
        guard let sha256, DigestText(sha256) == nil else { return nil }
        return
            "gives \(quoted(sha256)) as the SHA-256 of \(Excerpt.text(name)), not 64 lower-case hexadecimal digits"
    }
}
