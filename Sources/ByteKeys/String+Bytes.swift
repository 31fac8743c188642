extension StringProtocol {
    /// A Boolean value indicating whether both texts are the same bytes; `==` also accepts canonically equivalent ones.
    public func hasSameBytes(as other: some StringProtocol) -> Bool { utf8.elementsEqual(other.utf8) }
}

extension String {
    /// The text before and after the first place of an ASCII character; `rest` is nil where there is none.
    ///
    /// As characters, one with a combining mark behind it is another one.
    public func bytewiseSplit(at separator: Unicode.Scalar) -> (front: String, rest: String?) {
        guard let place = utf8.firstIndex(where: { $0 == UInt8(ascii: separator) }) else { return (self, nil) }
        return (String(self[..<place]), String(self[utf8.index(after: place)...]))
    }

    /// The text after a prefix of the same bytes; nil where the text does not begin with it.
    ///
    /// `hasPrefix(_:)` compares characters: it does not find `a/` where a combining mark follows the slash.
    public func dropping(prefix: some StringProtocol) -> String? {
        guard utf8.starts(with: prefix.utf8) else { return nil }
        return String(self[utf8.index(utf8.startIndex, offsetBy: prefix.utf8.count)...])
    }
}
