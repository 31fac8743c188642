extension StringProtocol {
    /// A Boolean value indicating whether both texts are the same bytes; `==` also accepts canonically equivalent ones.
    public func hasSameBytes(as other: some StringProtocol) -> Bool { utf8.elementsEqual(other.utf8) }
}

extension Sequence where Element: StringProtocol {
    /// A Boolean value indicating whether one of the texts is the same bytes.
    public func containsBytes(of text: some StringProtocol) -> Bool { contains { $0.hasSameBytes(as: text) } }
}

extension String {
    /// The text before and after the first place of an ASCII character; `rest` is nil where there is none.
    ///
    /// As characters, one with a combining mark behind it is another one.
    public func bytewiseSplit(at separator: Unicode.Scalar) -> (front: String, rest: String?) {
        guard let place = utf8.firstIndex(where: { $0 == UInt8(ascii: separator) }) else { return (self, nil) }
        return (String(self[..<place]), String(self[utf8.index(after: place)...]))
    }
}
