/// Text that equals only the same bytes, and is sorted by them.
///
/// A `String` equals every string that is canonically equivalent: as keys of a dictionary, é as one scalar and é as e
/// with an accent are one. To the kernel they are two files, two variables, two users. What such a name refers to is
/// looked up by this type.
public struct ByteText: Sendable, Hashable, Comparable, CustomStringConvertible, ExpressibleByStringLiteral {
    public let text: String

    public init(_ text: some StringProtocol) {
        self.text = String(text)
    }

    public init(stringLiteral value: String) {
        text = value
    }

    public static func == (left: ByteText, right: ByteText) -> Bool { left.text.utf8.elementsEqual(right.text.utf8) }

    public static func < (left: ByteText, right: ByteText) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }

    public func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        hasher.combine(UInt8(0xff))
    }

    public var description: String { text }
}
