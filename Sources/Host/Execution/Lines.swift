/// Cuts a stream of bytes into lines; a line longer than 8 KiB comes in pieces, so that memory stays bounded.
public struct LineSplitter: Sendable {
    private static let longest = 8192
    private var pending: [UInt8] = []

    public init() {}

    /// The lines that these bytes complete.
    public mutating func split(_ bytes: [UInt8]) -> [String] {
        var lines: [String] = []
        for piece in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            if piece.offset > 0 {
                lines.append(text())
                pending = []
            }
            pending += piece.element
            while pending.count > Self.longest {
                lines.append(String(decoding: pending.prefix(Self.longest), as: UTF8.self))
                pending.removeFirst(Self.longest)
            }
        }
        return lines
    }

    /// What came after the last line feed, or nil.
    public mutating func finish() -> String? {
        defer { pending = [] }
        return pending.isEmpty ? nil : text()
    }

    private func text() -> String {
        let line = pending.last == UInt8(ascii: "\r") ? pending.dropLast() : pending[...]
        return String(decoding: line, as: UTF8.self)
    }
}

/// The last few lines of something long.
public struct Tail: Sendable {
    private let limit: Int
    public private(set) var lines: [String] = []

    public init(limit: Int) {
        self.limit = limit
    }

    public mutating func append(_ line: String) {
        lines.append(line)
        if lines.count > limit { lines.removeFirst() }
    }
}
