/// Compares versions as the UAPI group's version format does.
public enum VersionText {
    /// Below zero when `left` is older, zero when both are the same, above when it is newer.
    public static func compare(_ left: String, _ right: String) -> Int {
        var (a, b) = (Array(left.utf8)[...], Array(right.utf8)[...])
        while true {
            a = a.drop { !isMeaningful($0) }
            b = b.drop { !isMeaningful($0) }
            // `~` comes before the end, and before everything else.
            if let order = byMark(UInt8(ascii: "~"), &a, &b) { return order }
            if a.isEmpty || b.isEmpty { return a.count.signum() - b.count.signum() }
            for mark in "-^.".utf8 {
                if let order = byMark(mark, &a, &b) { return order }
            }
            let order = byPart(&a, &b)
            if order != 0 { return order }
        }
    }

    private static func isMeaningful(_ byte: UInt8) -> Bool {
        isDigit(byte) || isLetter(byte) || "~-^.".utf8.contains(byte)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
    private static func isLetter(_ byte: UInt8) -> Bool { (65...90).contains(byte) || (97...122).contains(byte) }

    /// A mark that only one side has decides; one that both have is ignored.
    private static func byMark(
        _ mark: UInt8,
        _ a: inout ArraySlice<UInt8>,
        _ b: inout ArraySlice<UInt8>
    ) -> Int? {
        let marks = (a.first == mark, b.first == mark)
        if marks.0 != marks.1 { return marks.0 ? -1 : 1 }
        if marks.0 {
            a = a.dropFirst()
            b = b.dropFirst()
        }
        return nil
    }

    private static func byPart(_ a: inout ArraySlice<UInt8>, _ b: inout ArraySlice<UInt8>) -> Int {
        if a.first.map(isDigit) == true || b.first.map(isDigit) == true {
            let (x, y) = (number(&a), number(&b))
            if x.count != y.count { return x.count < y.count ? -1 : 1 }
            return order(x, y)
        }
        let (x, y) = (a.prefix(while: isLetter), b.prefix(while: isLetter))
        a = a[x.endIndex...]
        b = b[y.endIndex...]
        return order(x, y)
    }

    /// The digits at the start, without leading zeros.
    private static func number(_ bytes: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let digits = bytes.prefix(while: isDigit)
        bytes = bytes[digits.endIndex...]
        return digits.drop { $0 == 48 }
    }

    private static func order(_ x: ArraySlice<UInt8>, _ y: ArraySlice<UInt8>) -> Int {
        if x.lexicographicallyPrecedes(y) { return -1 }
        return y.lexicographicallyPrecedes(x) ? 1 : 0
    }

    /// Returns true if a version satisfies `>=1.2` and its like; without an operator it has to be the same.
    public static func satisfies(_ version: String, _ condition: String) -> Bool {
        for (sign, test) in operators where condition.hasPrefix(sign) {
            return test(compare(version, condition.dropFirst(sign.count).trimmed))
        }
        return compare(version, condition) == 0
    }

    private static let operators: [(String, @Sendable (Int) -> Bool)] = [
        ("==", { $0 == 0 }), ("!=", { $0 != 0 }), (">=", { $0 >= 0 }), ("<=", { $0 <= 0 }),
        (">", { $0 > 0 }), ("<", { $0 < 0 }),
    ]
}
