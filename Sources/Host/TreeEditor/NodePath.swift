import Glibc

/// A path in the tree as the kernel has it: bytes that end with a zero and need not be text.
struct NodePath: Sendable, Hashable {
    /// For calls of the C library.
    let bytes: [CChar]

    init(_ text: String) { bytes = text.utf8CString.map { $0 } }

    /// Copies a C string.
    init(_ pointer: UnsafePointer<CChar>) {
        bytes = Array(UnsafeBufferPointer(start: pointer, count: strlen(pointer) + 1))
    }

    private init(bytes: [CChar]) { self.bytes = bytes }

    private static let slash = CChar(bitPattern: UInt8(ascii: "/"))

    /// A display form: bytes that are not UTF-8 are replaced.
    var text: String { String(decoding: bytes.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self) }

    /// The path of a name in this directory.
    func appending(_ name: NodePath) -> NodePath {
        let directory = bytes.dropLast()
        let separator = directory.isEmpty || directory.last == Self.slash ? [] : [Self.slash]
        return NodePath(bytes: directory + separator + name.bytes)
    }

    /// The names between the slashes.
    var components: [NodePath] { bytes.dropLast().split(separator: Self.slash).map { NodePath(bytes: $0 + [0]) } }

    /// The path of the directory; empty for a name alone.
    var parent: NodePath {
        guard let slash = bytes.lastIndex(of: Self.slash) else { return NodePath("") }
        return NodePath(bytes: bytes[..<max(slash, bytes[0] == Self.slash ? 1 : 0)] + [0])
    }

    var isEmpty: Bool { bytes.count <= 1 }

    /// The bytes without the zero at the end.
    var plain: [UInt8] { bytes.dropLast().map { UInt8(bitPattern: $0) } }

    init(plain: some Sequence<UInt8>) { bytes = plain.map { CChar(bitPattern: $0) } + [0] }

    /// What follows the last slash that has something behind it.
    var name: NodePath {
        let parts = bytes.dropLast().split(separator: Self.slash)
        return NodePath(bytes: (parts.last.map { Array($0) } ?? []) + [0])
    }
}

extension NodePath: Comparable {
    static func < (left: NodePath, right: NodePath) -> Bool {
        left.bytes.lazy.map { UInt8(bitPattern: $0) }
            .lexicographicallyPrecedes(right.bytes.lazy.map { UInt8(bitPattern: $0) })
    }
}
