import ComparisonWire
import Glibc

/// Looks in two streams for texts of which each of them would have its own.
struct MarkSearch {
    struct Found {
        var mark: ComparisonRequest.Mark
        /// Its position in the first stream, and its context in both.
        var offset: Int
        var first: String
        var second: String
    }

    private struct Sought {
        var mark: ComparisonRequest.Mark
        var first: [UInt8]
        var second: [UInt8]
        var offset: Int?
        var firstText: String?
        var secondText: String?
    }

    private var sought: [Sought]
    private var tails: (first: [UInt8], second: [UInt8]) = ([], [])
    private var position = 0
    private let overlap: Int

    init(_ marks: [ComparisonRequest.Mark]) {
        sought = marks.filter { $0.first != $0.second && !$0.first.isEmpty && !$0.second.isEmpty }
            .map { Sought(mark: $0, first: Array($0.first.utf8), second: Array($0.second.utf8)) }
        overlap = sought.reduce(0) { max($0, max($1.first.count, $1.second.count)) }
    }

    /// Looks at the next blocks, and at what reaches from the ones before into them.
    mutating func add(_ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer) {
        if sought.isEmpty { return }
        for index in sought.indices {
            if sought[index].offset == nil, let (place, text) = Self.find(sought[index].first, tails.first, first) {
                sought[index].offset = position + place
                sought[index].firstText = text
            }
            if sought[index].secondText == nil, let (_, text) = Self.find(sought[index].second, tails.second, second) {
                sought[index].secondText = text
            }
        }
        tails = (Array(first.suffix(overlap)), Array(second.suffix(overlap)))
        position += first.count
    }

    /// The marks of which each stream has its own.
    var found: [Found] {
        sought.compactMap { sought in
            guard let offset = sought.offset, let first = sought.firstText, let second = sought.secondText else {
                return nil
            }
            return Found(mark: sought.mark, offset: offset, first: first, second: second)
        }
    }

    /// The place of a text, counted from the beginning of the block, and the word that it is a part of.
    private static func find(_ text: [UInt8], _ tail: [UInt8], _ block: UnsafeRawBufferPointer) -> (Int, String)? {
        let joint = tail + block.prefix(text.count)
        if let place = joint.withUnsafeBytes({ search(text, in: $0) }), place < tail.count {
            return (place - tail.count, joint.withUnsafeBytes { word(around: place, text.count, in: $0) })
        }
        return search(text, in: block).map { ($0, word(around: $0, text.count, in: block)) }
    }

    private static func search(_ text: [UInt8], in bytes: UnsafeRawBufferPointer) -> Int? {
        guard let start = bytes.baseAddress, let head = text.first else { return nil }
        var from = 0
        while bytes.count - from >= text.count {
            guard let hit = memchr(start + from, CInt(head), bytes.count - from - text.count + 1) else { return nil }
            let place = UnsafeRawPointer(hit) - start
            if memcmp(start + place, text, text.count) == 0 { return place }
            from = place + 1
        }
        return nil
    }

    /// The printable bytes to both sides, no more than a line of them.
    private static func word(around place: Int, _ count: Int, in bytes: UnsafeRawBufferPointer) -> String {
        var (start, end) = (place, place + count)
        while start > 0, place - start < 40, (33..<127).contains(bytes[start - 1]) { start -= 1 }
        while end < bytes.count, end - place < 80, (33..<127).contains(bytes[end]) { end += 1 }
        return String(decoding: bytes[start..<end], as: UTF8.self)
    }
}
