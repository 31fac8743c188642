extension Sequence where Element: StringProtocol {
    /// A Boolean value indicating whether one of the texts is the same bytes.
    public func containsBytes(of text: some StringProtocol) -> Bool { contains { $0.hasSameBytes(as: text) } }

    /// The texts in the order of their bytes, which also decides between canonically equivalent ones.
    public func sortedByBytes() -> [Element] { sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } }
}

extension ByteSet {
    /// The texts in the order of their bytes.
    public func sorted() -> [String] { sortedByBytes() }
}

extension ByteDictionary {
    /// The entries in the order of the bytes of their keys.
    public func sorted() -> [Element] { sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) } }
}
