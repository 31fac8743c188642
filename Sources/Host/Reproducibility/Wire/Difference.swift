/// One thing in which two outputs differ.
public struct Difference: Codable, Sendable, Equatable {
    /// The path in the tree or archive; empty for the output as a whole.
    public var path: String
    /// Its path in the archive at `path`.
    public var inner: String?
    /// The kind of difference; see `Kind`.
    public var kind: Kind
    /// The first value, for display.
    public var first: String?
    public var second: String?
    /// The first byte that is not the same.
    public var offset: Int?
    /// The possible causes of the difference.
    public var hints: [Hint] = []

    public init(
        path: String,
        inner: String? = nil,
        kind: Kind,
        first: String? = nil,
        second: String? = nil,
        offset: Int? = nil
    ) {
        self.path = path
        self.inner = inner
        self.kind = kind
        self.first = first
        self.second = second
        self.offset = offset
    }

    /// The property that is not the same.
    public enum Kind: String, Codable, Sendable, CaseIterable {
        case content
        /// File, directory, link, …
        case type
        case mode
        case owner
        case time
        case attributes
        /// The target of a symbolic link, or the file that a further name belongs to.
        case target
        /// Numbers of a device node.
        case node
        case onlyFirst = "only-first"
        case onlySecond = "only-second"
        /// The same entries of an archive, one after the other in another order.
        case order
        /// The same entries, but other bytes around them.
        case packing
    }

    /// A usual culprit.
    public struct Hint: Codable, Sendable, Hashable {
        public var kind: Kind
        /// One sentence without its final full stop.
        public var text: String

        public init(_ kind: Kind, _ text: String) {
            self.kind = kind
            self.text = text
        }

        public enum Kind: String, Codable, Sendable {
            case time
            case place
            case order
            case name
        }
    }
}
