/// A SHA-256 digest in the one form that is compared, and that directories of a cache are named by.
public struct DigestText: Sendable, Hashable, CustomStringConvertible {
    public let text: String

    /// Nil for anything but 64 lower case hexadecimal digits.
    public init?(_ text: String) {
        let isDigest =
            text.utf8.count == 64 && text.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
        guard isDigest else { return nil }
        self.text = text
    }

    public var description: String { text }
}
