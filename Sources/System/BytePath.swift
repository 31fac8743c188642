/// A path, or a name, as the kernel and archives have it: bytes, which need not be text.
public struct BytePath: Sendable, Hashable {
    public var bytes: [UInt8]

    private static let slash = UInt8(ascii: "/")

    public init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    public init(_ text: String) {
        bytes = Array(text.utf8)
    }

    /// Copies a C string.
    public init(_ pointer: UnsafePointer<CChar>) {
        bytes = pointer.withMemoryRebound(to: UInt8.self, capacity: 1) { start in
            var end = start
            while end.pointee != 0 { end += 1 }
            return Array(UnsafeBufferPointer(start: start, count: end - start))
        }
    }

    /// A display form: bytes that are not UTF-8 are replaced.
    public var string: String { String(decoding: bytes, as: UTF8.self) }

    public var isEmpty: Bool { bytes.isEmpty }

    /// True if the bytes are well-formed UTF-8.
    public var isText: Bool { String(validating: bytes, as: UTF8.self) != nil }

    /// The path without `/`, `./` and `//` where they mean nothing: `./usr//bin/` becomes `usr/bin`.
    ///
    /// `..` stays. The root itself becomes the empty path.
    public var normalized: BytePath {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        for component in bytes.split(separator: UInt8(ascii: "/")) where !component.elementsEqual(".".utf8) {
            if !result.isEmpty { result.append(UInt8(ascii: "/")) }
            result.append(contentsOf: component)
        }
        return BytePath(bytes: result)
    }

    /// Everything before the last slash; empty where there is none, and `/` for what is in the root.
    public var parent: BytePath {
        guard let slash = bytes.lastIndex(of: Self.slash) else { return BytePath(bytes: []) }
        return BytePath(bytes: Array(bytes[..<max(slash, bytes[0] == Self.slash ? 1 : 0)]))
    }

    /// The names between the slashes.
    public var components: [BytePath] { bytes.split(separator: Self.slash).map { BytePath(bytes: Array($0)) } }

    /// The name after the last slash that has something behind it; empty for the root.
    public var name: BytePath {
        let end = bytes.lastIndex { $0 != Self.slash }.map { $0 + 1 } ?? 0
        let start = bytes[..<end].lastIndex(of: Self.slash).map { $0 + 1 } ?? 0
        return BytePath(bytes: Array(bytes[start..<end]))
    }

    /// The path of something in this directory.
    public func appending(_ other: BytePath) -> BytePath {
        if isEmpty { return other }
        if other.isEmpty { return self }
        let separator = bytes.last == Self.slash ? [] : [Self.slash]
        return BytePath(bytes: bytes + separator + other.bytes)
    }

    /// The path with more bytes at its end, without a slash between.
    public func adding(suffix: String) -> BytePath {
        BytePath(bytes: bytes + Array(suffix.utf8))
    }

    /// The bytes and a zero at their end, for calls of the C library.
    public var cString: [CChar] { bytes.map { CChar(bitPattern: $0) } + [0] }

    /// Calls `body` with the path as a C string.
    public func withCString<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: bytes.count + 1) { buffer in
            guard let start = buffer.baseAddress else { return body("") }
            for (index, byte) in bytes.enumerated() { start[index] = CChar(bitPattern: byte) }
            start[bytes.count] = 0
            return body(start)
        }
    }
}

extension BytePath: Comparable {
    public static func < (left: BytePath, right: BytePath) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }
}

extension BytePath: ExpressibleByStringLiteral, CustomStringConvertible {
    public init(stringLiteral value: String) { self.init(value) }
    public var description: String { string }
}
