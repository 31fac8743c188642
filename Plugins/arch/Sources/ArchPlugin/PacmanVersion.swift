/// A version as vercmp(8) orders it: `EPOCH:VERSION-RELEASE`.
struct PacmanVersion: Comparable {
    private let epoch: [UInt8]
    private let version: [UInt8]
    private let release: [UInt8]?

    init(_ text: String) {
        var rest = Array(text.utf8)[...]
        let digits = rest.prefix(while: Self.isDigit)
        if rest.dropFirst(digits.count).first == UInt8(ascii: ":") {
            epoch = Array(digits)
            rest = rest.dropFirst(digits.count + 1)
        } else {
            epoch = [UInt8(ascii: "0")]
        }
        if let dash = rest.lastIndex(of: UInt8(ascii: "-")) {
            release = Array(rest[rest.index(after: dash)...])
            rest = rest[..<dash]
        } else {
            release = nil
        }
        version = Array(rest)
    }

    static func == (a: PacmanVersion, b: PacmanVersion) -> Bool { order(a, b) == 0 }
    static func < (a: PacmanVersion, b: PacmanVersion) -> Bool { order(a, b) < 0 }

    private static func order(_ a: PacmanVersion, _ b: PacmanVersion) -> Int {
        let epochs = order(a.epoch, b.epoch)
        if epochs != 0 { return epochs }
        let versions = order(a.version, b.version)
        // Without a release a version equals all of its releases.
        guard versions == 0, let one = a.release, let two = b.release else { return versions }
        return order(one, two)
    }

    /// Compares part by part: numbers by value, letters by their bytes, and what separates parts by its length.
    private static func order(_ a: [UInt8], _ b: [UInt8]) -> Int {
        var (one, two) = (a[...], b[...])
        while !one.isEmpty, !two.isEmpty {
            let first = one.prefix(while: isSeparator)
            let second = two.prefix(while: isSeparator)
            one = one.dropFirst(first.count)
            two = two.dropFirst(second.count)
            if one.isEmpty || two.isEmpty { break }
            if first.count != second.count { return first.count < second.count ? -1 : 1 }
            let isNumber = isDigit(one.first ?? 0)
            let kind: (UInt8) -> Bool = { isNumber ? isDigit($0) : isLetter($0) }
            let left = one.prefix(while: kind)
            let right = two.prefix(while: kind)
            // A number is newer than letters.
            if right.isEmpty { return isNumber ? 1 : -1 }
            one = one.dropFirst(left.count)
            two = two.dropFirst(right.count)
            let parts = isNumber ? compareNumbers(left, right) : compareBytes(left, right)
            if parts != 0 { return parts }
        }
        if one.isEmpty, two.isEmpty { return 0 }
        // Letters that are left over make a version older (1.0rc < 1.0), anything else newer.
        let rest = one.isEmpty ? two : one
        let isOlder = isLetter(rest.first ?? 0)
        return one.isEmpty == isOlder ? 1 : -1
    }

    private static func compareNumbers(_ a: ArraySlice<UInt8>, _ b: ArraySlice<UInt8>) -> Int {
        let one = a.drop(while: isZero)
        let two = b.drop(while: isZero)
        if one.count != two.count { return one.count < two.count ? -1 : 1 }
        return compareBytes(one, two)
    }

    private static func compareBytes(_ a: ArraySlice<UInt8>, _ b: ArraySlice<UInt8>) -> Int {
        if a.elementsEqual(b) { return 0 }
        return a.lexicographicallyPrecedes(b) ? -1 : 1
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
    private static func isZero(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "0") }
    private static func isSeparator(_ byte: UInt8) -> Bool { !isDigit(byte) && !isLetter(byte) }
}
