import ArchiveKit
import ComparisonWire
import Glibc
import System

/// Two streams of bytes, read in parallel to their ends in constant memory.
struct StreamComparison {
    /// Bytes before the first difference that are kept.
    private static let before = 512
    private static let after = 512

    /// The findings about streams that are not the same.
    struct Outcome {
        /// The first byte that differs, or at which only one of both has ended.
        var offset: Int
        var first: Excerpt
        var second: Excerpt
        /// True if both have the same lines in another order.
        var hasSameLines = false
        /// The marks that were found, each with its place in both.
        var marks: [MarkSearch.Found] = []
    }

    let marks: [ComparisonRequest.Mark]
    private let blocks: StreamBlocks
    /// The first bytes of both, by which archives are recognised.
    private(set) var beginnings: (first: [UInt8], second: [UInt8]) = ([], [])

    /// True if both may be archives, or compressed.
    var areArchives: Bool { Magic.isArchive(beginnings.first) && Magic.isArchive(beginnings.second) }

    init(_ report: Report) {
        marks = report.request.marks
        blocks = report.blocks
    }

    /// Reads both to their ends; nil when they are the same.
    mutating func compare(_ first: any ByteSource, _ second: any ByteSource) throws(ImageError) -> Outcome? {
        let (left, right) = (blocks.first, blocks.second)
        var outcome: Outcome?
        var position = 0
        var tail: [UInt8] = []
        var lines = LineSums()
        var search = MarkSearch(marks)
        while true {
            let counts = (try first.fill(left), try second.fill(right))
            let blocks = (
                UnsafeRawBufferPointer(rebasing: left[..<counts.0]),
                UnsafeRawBufferPointer(rebasing: right[..<counts.1])
            )
            if position == 0 { beginnings = (Array(blocks.0.prefix(512)), Array(blocks.1.prefix(512))) }
            // Before the first difference both have the same of everything.
            search.add(blocks.0, blocks.1)
            if outcome == nil, let index = Self.mismatch(blocks.0, blocks.1) {
                let excerpts = (
                    Excerpt(tail, blocks.0, around: index, Self.before, Self.after),
                    Excerpt(tail, blocks.1, around: index, Self.before, Self.after)
                )
                outcome = Outcome(offset: position + index, first: excerpts.0, second: excerpts.1)
                lines.begin(excerpts.0)
                lines.add(blocks.0[index...], blocks.1[index...])
            } else if outcome != nil {
                lines.add(blocks.0[...], blocks.1[...])
            }
            tail = Array(blocks.0.suffix(Self.before))
            position += max(counts.0, counts.1)
            if counts.0 < left.count, counts.1 < right.count { break }
        }
        outcome?.hasSameLines = lines.areSame
        outcome?.marks = search.found
        return outcome
    }

    /// Returns the first position at which two blocks differ.
    private static func mismatch(_ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer) -> Int? {
        let common = min(first.count, second.count)
        if let left = first.baseAddress, let right = second.baseAddress, memcmp(left, right, common) != 0 {
            var index = 0
            while first[index] == second[index] { index += 1 }
            return index
        }
        return first.count == second.count ? nil : common
    }
}

/// Memory for a block of each of two streams.
final class StreamBlocks {
    let first = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
    let second = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)

    deinit {
        first.deallocate()
        second.deallocate()
    }
}

/// Some bytes around the place at which two streams differ.
struct Excerpt: Equatable {
    var bytes: [UInt8]
    /// The position in `bytes` at which the difference begins.
    var index: Int

    init(bytes: [UInt8], index: Int) {
        self.bytes = bytes
        self.index = index
    }

    init(_ tail: [UInt8], _ block: UnsafeRawBufferPointer, around index: Int, _ before: Int, _ after: Int) {
        let start = max(0, index - before)
        var bytes: [UInt8] = []
        if index < before { bytes = tail.suffix(before - index) }
        bytes += block[start..<min(index, block.count)]
        self.index = bytes.count
        bytes += block[min(index, block.count)..<min(index + after, block.count)]
        self.bytes = bytes
    }

    /// A few bytes around the difference, for display.
    var text: String {
        let start = max(0, index - 24)
        let end = min(bytes.count, index + 40)
        let shown = bytes[start..<end].map { byte -> UInt8 in
            byte < 32 || byte >= 127 ? UInt8(ascii: ".") : byte
        }
        let text = String(decoding: shown, as: UTF8.self)
        return "\(start > 0 ? "…" : "")\(text)\(end < bytes.count ? "…" : "")"
    }
}
