import System

/// Cuts a stream of bytes into lines; a line longer than 8 KiB comes in pieces, so that memory stays bounded.
public struct LineSplitter: Sendable {
    private static let longest = 8192
    private var buffer = LineBuffer()

    public init() {}

    /// The lines that these bytes complete.
    public mutating func split(_ bytes: [UInt8]) -> [String] {
        _ = buffer.append(bytes.count) { room in
            room.copyBytes(from: bytes)
            return bytes.count
        }
        var lines: [String] = []
        while let line = buffer.next() {
            var rest = line[...]
            while rest.count > Self.longest {
                lines.append(String(decoding: rest.prefix(Self.longest), as: UTF8.self))
                rest = rest.dropFirst(Self.longest)
            }
            lines.append(Self.text(rest))
        }
        while buffer.count > Self.longest {
            lines.append(String(decoding: buffer.takeFirst(Self.longest), as: UTF8.self))
        }
        return lines
    }

    /// Returns the text after the last line feed, or nil.
    public mutating func finish() -> String? {
        let rest = buffer.takeRest()
        return rest.isEmpty ? nil : Self.text(rest[...])
    }

    private static func text(_ line: ArraySlice<UInt8>) -> String {
        String(decoding: line.last == UInt8(ascii: "\r") ? line.dropLast() : line, as: UTF8.self)
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
