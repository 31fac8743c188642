public import ByteKeys
import Crypto

/// Everything that a step reads, each thing by its name.
///
/// The order in which inputs are added does not matter. What is not among them cannot make the step run again, so a
/// step that reads something unnamed is a bug.
public struct LayerInputs: Sendable, Equatable {
    /// Short values are stored unchanged, so that changes can be displayed; long ones as their digest.
    public private(set) var values: ByteDictionary<String> = [:]

    /// The most bytes of a value that are kept as they are.
    private static let shownLength = 200
    private static let digestMark = "sha256:"
    /// The separator of two values of one name.
    private static let separator: Unicode.Scalar = "\u{1e}"

    public init() {}

    public init(values: ByteDictionary<String>) {
        self.values = values
    }

    /// Adds an input; a second value under the same name is another element of it.
    ///
    /// A value that may not be shown is kept as its digest.
    public mutating func add(_ name: String, _ value: String, isShown: Bool = true) {
        // What reads like a digest, or like several values, must not be taken for them.
        let isPlain = !value.hasPrefix(Self.digestMark) && !value.unicodeScalars.contains(Self.separator)
        let isShown = isShown && isPlain && value.utf8.count <= Self.shownLength
        let shown = isShown ? value : Self.digestMark + LayerKey(of: Array(value.utf8)).text
        values[name] = values[name].map { "\($0)\(Self.separator)\(shown)" } ?? shown
    }

    /// Adds a list, whose order matters.
    public mutating func add(_ name: String, _ list: [String]) {
        add(name, list.map { "\($0.utf8.count):\($0)" }.joined(separator: ","))
    }

    /// The digest of all names and values.
    public var key: LayerKey {
        var bytes: [UInt8] = []
        for (name, value) in values.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
            // With their lengths in front no two sets of inputs read the same.
            bytes += "\(name.utf8.count) \(value.utf8.count)\n".utf8
            bytes += name.utf8
            bytes += value.utf8
        }
        return LayerKey(of: bytes)
    }

    /// Returns the differences between these inputs and earlier ones, by name.
    public func changes(since earlier: LayerInputs) -> [Change] {
        ByteSet(values.keys).union(earlier.values.keys).sorted().compactMap { name in
            let change = Change(name: name, old: earlier.values[name], new: values[name])
            return change.isNone ? nil : change
        }
    }

    /// A changed input; nil if it did not exist.
    public struct Change: Sendable, Equatable {
        public var name: String
        public var old: String?
        public var new: String?

        /// True if both values are the same bytes.
        public var isNone: Bool { old.map { ByteText($0) } == new.map { ByteText($0) } }

        public init(name: String, old: String?, new: String?) {
            self.name = name
            self.old = old
            self.new = new
        }
    }
}

/// The name of a layer: the SHA-256 digest of the inputs of the step that makes it, in hexadecimal digits.
public struct LayerKey: Sendable, Hashable, CustomStringConvertible {
    public let text: String

    /// A key that was written down; nil when it is none.
    public init?(_ text: String) {
        let isKey = text.utf8.count == 64 && text.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
        guard isKey else { return nil }
        self.text = text
    }

    init(of bytes: [UInt8]) {
        // libcrypto refuses SHA-256 under no policy; without it nothing else of a build could work either.
        text = (try? Digest.of(bytes)) ?? String(repeating: "0", count: 64)
    }

    public var description: String { text }
}
