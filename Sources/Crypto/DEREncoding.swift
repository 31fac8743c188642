/// The distinguished encoding of the few ASN.1 types that signatures consist of (ITU-T X.690).
enum DEREncoding {
    static let null: [UInt8] = [5, 0]

    /// A value with its tag and length.
    static func value(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        var length: [UInt8] = []
        if content.count < 128 {
            length = [UInt8(content.count)]
        } else {
            var rest = content.count
            while rest > 0 {
                length.insert(UInt8(truncatingIfNeeded: rest), at: 0)
                rest >>= 8
            }
            length.insert(0x80 | UInt8(length.count), at: 0)
        }
        return [tag] + length + content
    }

    static func sequence(_ parts: [UInt8]...) -> [UInt8] { value(0x30, parts.flatMap(\.self)) }

    /// A set, whose elements are in the order of their bytes.
    static func set(_ parts: [UInt8]...) -> [UInt8] {
        value(0x31, parts.sorted { $0.lexicographicallyPrecedes($1) }.flatMap(\.self))
    }

    static func octets(_ bytes: [UInt8]) -> [UInt8] { value(4, bytes) }

    /// A tag of the context around a value.
    static func explicit(_ number: UInt8, _ content: [UInt8]) -> [UInt8] { value(0xa0 | number, content) }

    static func integer(_ number: UInt8) -> [UInt8] { value(2, [number]) }

    static func identifier(_ arcs: Int...) -> [UInt8] {
        var bytes = [UInt8(arcs[0] * 40 + arcs[1])]
        for arc in arcs.dropFirst(2) {
            var groups = [UInt8(arc & 0x7f)]
            var rest = arc >> 7
            while rest > 0 {
                groups.insert(UInt8(rest & 0x7f) | 0x80, at: 0)
                rest >>= 7
            }
            bytes += groups
        }
        return value(6, bytes)
    }
}

/// Reads values one after the other; all lengths are checked.
struct DERReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    struct Value {
        var tag: UInt8
        var content: ArraySlice<UInt8>
        /// With its tag and length.
        var whole: ArraySlice<UInt8>
    }

    /// The next value; nil at the end, and for anything that is not in this encoding.
    mutating func next() -> Value? {
        let start = rest
        guard let tag = rest.popFirst(), tag & 0x1f != 0x1f, let first = rest.popFirst() else { return nil }
        var length = Int(first)
        if first >= 0x80 {
            let count = Int(first & 0x7f)
            guard (1...4).contains(count), rest.count >= count else { return nil }
            length = rest.prefix(count).reduce(0) { $0 << 8 | Int($1) }
            rest = rest.dropFirst(count)
        }
        guard length <= rest.count else { return nil }
        let content = rest.prefix(length)
        rest = rest.dropFirst(length)
        return Value(tag: tag, content: content, whole: start[start.startIndex..<content.endIndex])
    }

    /// The next value if it has this tag.
    mutating func next(_ tag: UInt8) -> Value? {
        guard let value = next(), value.tag == tag else { return nil }
        return value
    }
}
