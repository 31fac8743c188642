import Glibc

extension StringProtocol {
    /// A Boolean value indicating whether both texts are the same bytes; `==` also accepts canonically equivalent ones.
    public func hasSameBytes(as other: some StringProtocol) -> Bool {
        utf8.count == other.utf8.count && order(of: self, other) == 0
    }

    /// A Boolean value indicating whether this text comes first in the order of the bytes, which is that of memcmp(3).
    public func precedesInBytes(_ other: some StringProtocol) -> Bool {
        let order = order(of: self, other)
        return order < 0 || order == 0 && utf8.count < other.utf8.count
    }
}

/// Compares as many bytes as both texts have, like memcmp(3).
private func order(of left: some StringProtocol, _ right: some StringProtocol) -> Int32 {
    let compared = left.utf8.withContiguousStorageIfAvailable { first in
        right.utf8.withContiguousStorageIfAvailable { second in
            let count = min(first.count, second.count)
            guard count > 0, let first = first.baseAddress, let second = second.baseAddress else { return Int32(0) }
            return memcmp(first, second, count)
        }
    }
    if let compared, let compared { return compared }
    // Texts in another storage than Swift's own.
    for (first, second) in zip(left.utf8, right.utf8) where first != second { return first < second ? -1 : 1 }
    return 0
}
