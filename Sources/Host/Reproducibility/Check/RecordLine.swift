import ComparisonWire

/// One entry of a record: a line of `TreeManifest`.
struct RecordLine {
    /// The path in the tree.
    var path: String
    /// Its bytes directory by directory, by which lines are ordered.
    var order: [[UInt8]]
    private var mode: UInt32
    private var time: Int
    private var owner: Substring
    /// A digest, the target of a link, or numbers of a node.
    private var content: Substring
    private var attributes: [Substring]

    init?(_ line: some StringProtocol) {
        var words = line.split(separator: " ", omittingEmptySubsequences: false).map { Substring($0) }[...]
        guard let name = words.popFirst(), let mode = words.popFirst().flatMap({ UInt32($0, radix: 8) }) else {
            return nil
        }
        let bytes = Self.unescaped(name)
        path = String(decoding: bytes, as: UTF8.self)
        order = bytes.split(separator: UInt8(ascii: "/")).map(Array.init)
        if order == [Array(".".utf8)] { order = [] }
        self.mode = mode
        let seconds = words.popFirst().flatMap { Int($0.prefix { $0 != "." }) } ?? 0
        // That of a directory changes with its entries, which have their own lines.
        time = mode & 0o170000 == 0o040000 ? 0 : seconds
        owner = words.popFirst() ?? ""
        let hasContent = [0o100000, 0o120000, 0o020000, 0o060000].contains(mode & 0o170000)
        content = hasContent ? words.popFirst() ?? "" : ""
        // Marks of an overlay are about this machine's directories.
        attributes = words.filter { !$0.contains(".overlay.") }
    }

    /// In which properties this entry is not the other.
    func differences(from other: RecordLine) -> Set<Difference.Kind> {
        var kinds: Set<Difference.Kind> = []
        if mode & 0o170000 != other.mode & 0o170000 { return [.type] }
        if mode != other.mode { kinds.insert(.mode) }
        if time != other.time { kinds.insert(.time) }
        if owner != other.owner { kinds.insert(.owner) }
        if content != other.content { kinds.insert(mode & 0o170000 == 0o120000 ? .target : .content) }
        if attributes != other.attributes { kinds.insert(.attributes) }
        return kinds
    }

    static func precedes(_ first: RecordLine, _ second: RecordLine) -> Bool {
        first.order.lexicographicallyPrecedes(second.order) { $0.lexicographicallyPrecedes($1) }
    }

    /// The bytes of a text with octal escapes: a backslash and three digits.
    private static func unescaped(_ text: Substring) -> [UInt8] {
        var result: [UInt8] = []
        var bytes = Array(text.utf8)[...]
        while let byte = bytes.popFirst() {
            guard byte == UInt8(ascii: "\\") else {
                result.append(byte)
                continue
            }
            let digits = String(decoding: bytes.prefix(3), as: UTF8.self)
            bytes = bytes.dropFirst(3)
            if let value = UInt8(digits, radix: 8) { result.append(value) }
        }
        return result
    }
}
