/// A version in the order of apk-package(5): `1.2.3a_rc1-r4`.
struct PackageVersion: Comparable {
    private enum Part: Equatable {
        case number([UInt8])
        case letter(UInt8)
        case suffix(rank: Int, number: [UInt8])
        case revision([UInt8])
    }

    private var parts: [Part] = []

    /// Suffixes in their order; those before `none` make a version older.
    private static let suffixes = ["alpha", "beta", "pre", "rc", "", "cvs", "svn", "git", "hg", "p"]
    private static let none = 4

    init(_ text: String) {
        var rest = Array(text.utf8)[...]
        func take(_ isPart: (UInt8) -> Bool) -> [UInt8] {
            let part = Array(rest.prefix(while: isPart))
            rest = rest.dropFirst(part.count)
            return part
        }
        while let byte = rest.first {
            if Self.isDigit(byte) {
                parts.append(.number(take(Self.isDigit)))
            } else if Self.isLetter(byte) {
                parts.append(.letter(byte))
                rest = rest.dropFirst()
            } else if byte == UInt8(ascii: "_") {
                rest = rest.dropFirst()
                let word = String(decoding: take(Self.isLetter), as: UTF8.self)
                let rank = Self.suffixes.firstIndex(of: word) ?? Self.none
                parts.append(.suffix(rank: rank, number: take(Self.isDigit)))
            } else if rest.starts(with: "-r".utf8) {
                rest = rest.dropFirst(2)
                parts.append(.revision(take(Self.isDigit)))
            } else if byte == UInt8(ascii: "~") {
                // The name of a commit has no order.
                rest = []
            } else {
                rest = rest.dropFirst()
            }
        }
    }

    static func == (a: PackageVersion, b: PackageVersion) -> Bool { order(a, b) == 0 }
    static func < (a: PackageVersion, b: PackageVersion) -> Bool { order(a, b) < 0 }

    /// Returns true if the first parts are those of another version: `1.2.3` begins with `1.2`.
    func begins(with other: PackageVersion) -> Bool {
        parts.count >= other.parts.count && zip(parts, other.parts).allSatisfy { Self.order($0, $1) == 0 }
    }

    private static func order(_ a: PackageVersion, _ b: PackageVersion) -> Int {
        for (one, two) in zip(a.parts, b.parts) {
            let parts = order(one, two)
            if parts != 0 { return parts }
        }
        if a.parts.count == b.parts.count { return 0 }
        let isLonger = a.parts.count > b.parts.count
        let longer = isLonger ? a : b
        // What follows makes a version newer, unless it says that it comes before it.
        if case .suffix(let rank, _) = longer.parts[min(a.parts.count, b.parts.count)], rank < none {
            return isLonger ? -1 : 1
        }
        return isLonger ? 1 : -1
    }

    private static func order(_ a: Part, _ b: Part) -> Int {
        switch (a, b) {
        case (.number(let one), .number(let two)), (.revision(let one), .revision(let two)): return numbers(one, two)
        case (.letter(let one), .letter(let two)): return one == two ? 0 : one < two ? -1 : 1
        case (.suffix(let one, let left), .suffix(let two, let right)):
            return one == two ? numbers(left, right) : one < two ? -1 : 1
        default:
            let (one, two) = (rank(a), rank(b))
            return one == two ? 0 : one < two ? -1 : 1
        }
    }

    /// Of parts of different kinds the one with the higher rank is newer.
    private static func rank(_ part: Part) -> Int {
        switch part {
        case .suffix(let rank, _): rank < none ? 0 : 2
        case .revision: 1
        case .letter: 3
        case .number: 4
        }
    }

    private static func numbers(_ a: [UInt8], _ b: [UInt8]) -> Int {
        let one = a.drop { $0 == UInt8(ascii: "0") }
        let two = b.drop { $0 == UInt8(ascii: "0") }
        if one.count != two.count { return one.count < two.count ? -1 : 1 }
        return one.elementsEqual(two) ? 0 : one.lexicographicallyPrecedes(two) ? -1 : 1
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
    private static func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }
}
