/// The name of a file in a FAT directory: eleven bytes, and the long form in front of them where those do not say it all.
struct FATName: Sendable, Equatable {
    /// Eight bytes and three, filled with spaces.
    var short: [UInt8]
    /// The units of the long name; empty if the short one is exactly the name.
    var long: [UInt16]

    /// Characters that names cannot have.
    private static let forbidden = Set("\"*/:<>?\\|".utf8)
    /// The characters of short names besides letters and digits.
    private static let special = Set("$%'-_@~`!(){}^#&".utf8)

    /// Returns the reason why a name cannot be written, as the end of a sentence about it; nil if it can.
    static func flaw(of name: [UInt8]) -> String? {
        guard let text = String(validating: name, as: UTF8.self) else { return "is not UTF-8" }
        if let byte = name.first(where: { forbidden.contains($0) || $0 < 0x20 }) {
            return "has the character \(byte < 0x20 ? "\(byte)" : String(UnicodeScalar(byte)))"
        }
        if name.last == UInt8(ascii: ".") || name.last == UInt8(ascii: " ") { return "ends in a dot or a space" }
        return text.utf16.count > 255 ? "is longer than 255 characters" : nil
    }

    /// - Parameters:
    ///   - name: UTF-8 without a flaw.
    ///   - taken: The short names of the directory so far.
    init(_ name: [UInt8], taken: Set<[UInt8]>) {
        if let exact = Self.exact(name), !taken.contains(exact) {
            short = exact
            long = []
            return
        }
        long = Array(String(decoding: name, as: UTF8.self).utf16)
        let dot = name.lastIndex(of: UInt8(ascii: ".")).flatMap { $0 == name.startIndex ? nil : $0 }
        let base = Self.simplified(name[..<(dot ?? name.endIndex)])
        let suffix = dot.map { Self.simplified(name[($0 + 1)...]).prefix(3) } ?? []
        let filled = Array(suffix) + [UInt8](repeating: 0x20, count: 3 - suffix.count)
        var number = 1
        while true {
            let tail = Array("~\(number)".utf8)
            let head = base.prefix(8 - tail.count) + tail
            let candidate = Array(head) + [UInt8](repeating: 0x20, count: 8 - head.count) + filled
            if !taken.contains(candidate) {
                short = candidate
                return
            }
            number += 1
        }
    }

    /// The eleven bytes of a name that is short and has capital letters alone.
    private static func exact(_ name: [UInt8]) -> [UInt8]? {
        let parts = name.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count <= 2, (1...8).contains(parts[0].count), parts.count == 1 || (1...3).contains(parts[1].count),
            name.allSatisfy({ $0 == UInt8(ascii: ".") || isShort($0) })
        else { return nil }
        let suffix = parts.count > 1 ? Array(parts[1]) : []
        return Array(parts[0]) + [UInt8](repeating: 0x20, count: 8 - parts[0].count) + suffix
            + [UInt8](repeating: 0x20, count: 3 - suffix.count)
    }

    private static func isShort(_ byte: UInt8) -> Bool {
        (0x41...0x5a).contains(byte) || (0x30...0x39).contains(byte) || special.contains(byte)
    }

    private static func simplified(_ name: ArraySlice<UInt8>) -> [UInt8] {
        let upper = name.map { (0x61...0x7a).contains($0) ? $0 - 0x20 : $0 }
        let kept = upper.filter { $0 != 0x20 && $0 != UInt8(ascii: ".") }.map { isShort($0) ? $0 : UInt8(ascii: "_") }
        return kept.isEmpty ? [UInt8(ascii: "_")] : kept
    }

    /// Returns a name as readers see it that do not distinguish capital letters from small ones.
    static func folded(_ name: [UInt8]) -> String { String(decoding: name, as: UTF8.self).uppercased() }

    /// The entries of 32 bytes in front of the short one, the last part of the name first.
    var longEntries: [UInt8] {
        if long.isEmpty { return [] }
        let sum = short.reduce(UInt8(0)) { ($0 << 7 | $0 >> 1) &+ $1 }
        let parts = (long.count + 12) / 13
        var units = long
        if units.count % 13 != 0 { units.append(0) }
        while units.count < parts * 13 { units.append(0xffff) }
        var bytes: [UInt8] = []
        for part in (0..<parts).reversed() {
            bytes.append(UInt8(part + 1) | (part == parts - 1 ? 0x40 : 0))
            for (index, unit) in units[(part * 13)...].prefix(13).enumerated() {
                if index == 5 { bytes += [0x0f, 0, sum] }
                if index == 11 { bytes += [0, 0] }
                bytes.append(littleEndian: unit)
            }
        }
        return bytes
    }

    /// A volume's label as eleven bytes: capital letters, and `_` for what labels cannot have.
    static func label(_ text: String) -> [UInt8] {
        let bytes = text.uppercased().utf8.prefix(11).map { isShort($0) || $0 == 0x20 ? $0 : UInt8(ascii: "_") }
        return bytes + [UInt8](repeating: 0x20, count: 11 - bytes.count)
    }
}
