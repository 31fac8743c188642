/// A version as dpkg orders them: `epoch:upstream-revision`, see deb-version(7).
struct DebianVersion: Sendable, Equatable {
    var epoch: Int
    var upstream: Substring.UTF8View
    var revision: Substring.UTF8View

    init(_ text: String) {
        var rest = Substring(text)
        epoch = 0
        if let colon = rest.firstIndex(of: ":"), let number = Int(rest[..<colon]) {
            epoch = number
            rest = rest[rest.index(after: colon)...]
        }
        if let dash = rest.lastIndex(of: "-") {
            upstream = rest[..<dash].utf8
            revision = rest[rest.index(after: dash)...].utf8
        } else {
            upstream = rest.utf8
            revision = rest[rest.endIndex...].utf8
        }
    }

    static func == (left: DebianVersion, right: DebianVersion) -> Bool {
        left.compare(right) == 0
    }

    /// Negative, zero or positive, as strcmp(3).
    func compare(_ other: DebianVersion) -> Int {
        if epoch != other.epoch { return epoch < other.epoch ? -1 : 1 }
        let upstreams = Self.compare(upstream, other.upstream)
        return upstreams != 0 ? upstreams : Self.compare(revision, other.revision)
    }

    /// Compares parts without digits and parts of digits in turn.
    private static func compare(_ left: Substring.UTF8View, _ right: Substring.UTF8View) -> Int {
        var left = left[...]
        var right = right[...]
        while !left.isEmpty || !right.isEmpty {
            while left.first.map(isDigit) == false || right.first.map(isDigit) == false {
                let difference = weight(left.first) - weight(right.first)
                if difference != 0 { return difference }
                // Equal weights: both are the same character, so both are at hand.
                left = left.dropFirst()
                right = right.dropFirst()
            }
            let first = number(&left)
            let second = number(&right)
            if first.count != second.count { return first.count - second.count }
            for (one, two) in zip(first, second) where one != two { return Int(one) - Int(two) }
        }
        return 0
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    }

    /// Takes a number off the front, without its leading zeros.
    private static func number(_ text: inout Substring.UTF8View) -> Substring.UTF8View {
        let digits = text.prefix(while: isDigit)
        text = text[digits.endIndex...]
        return digits.drop(while: { $0 == UInt8(ascii: "0") })
    }

    /// `~` sorts before the end of a part, letters before everything else.
    private static func weight(_ byte: UInt8?) -> Int {
        guard let byte, !isDigit(byte) else { return 0 }
        if byte == UInt8(ascii: "~") { return -1 }
        let isLetter = (byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "z")
        return isLetter ? Int(byte) : Int(byte) + 256
    }
}
