/// A set of texts that equal only the same bytes; used like a set of `String`.
public struct ByteSet: Sendable, Hashable {
    private var storage: Set<ByteText>

    public init() {
        storage = []
    }

    public init(_ texts: some Sequence<String>) {
        storage = Set(texts.lazy.map { ByteText($0) })
    }

    public var isEmpty: Bool { storage.isEmpty }
    public var count: Int { storage.count }

    /// Not generic, or `contains(_:)` of `Sequence` would be the better match for a `String`: that one compares with `==`.
    public func contains(_ text: String) -> Bool { storage.contains(ByteText(text)) }
    public func contains(_ text: some StringProtocol) -> Bool { storage.contains(ByteText(text)) }

    /// - Returns: Whether the text was not in the set before.
    @discardableResult
    public mutating func insert(_ text: String) -> (inserted: Bool, memberAfterInsert: String) {
        let result = storage.insert(ByteText(text))
        return (result.inserted, result.memberAfterInsert.text)
    }

    @discardableResult
    public mutating func remove(_ text: String) -> String? { storage.remove(ByteText(text))?.text }

    public mutating func formUnion(_ other: some Sequence<String>) {
        storage.formUnion(other.lazy.map { ByteText($0) })
    }

    public mutating func subtract(_ other: some Sequence<String>) { storage.subtract(other.lazy.map { ByteText($0) }) }

    public func union(_ other: some Sequence<String>) -> ByteSet {
        var result = self
        result.formUnion(other)
        return result
    }

    public func subtracting(_ other: some Sequence<String>) -> ByteSet {
        var result = self
        result.subtract(other)
        return result
    }

    public func intersection(_ other: ByteSet) -> ByteSet {
        ByteSet(storage.intersection(other.storage).lazy.map(\.text))
    }

    public func isSubset(of other: ByteSet) -> Bool { storage.isSubset(of: other.storage) }
    public func isDisjoint(with other: some Sequence<String>) -> Bool { !other.contains { contains($0) } }
}

extension ByteSet: Sequence {
    public struct Iterator: IteratorProtocol {
        fileprivate var base: Set<ByteText>.Iterator

        public mutating func next() -> String? { base.next()?.text }
    }

    public func makeIterator() -> Iterator { Iterator(base: storage.makeIterator()) }
    public var underestimatedCount: Int { storage.count }
}

extension ByteSet: ExpressibleByArrayLiteral {
    public init(arrayLiteral elements: String...) {
        self.init(elements)
    }
}
