import System

/// Sums over the lines of two texts, which do not depend on the order of the lines.
///
/// So texts of any length are compared for having the same lines without keeping them.
struct LineSums {
    private struct Side {
        var sum: UInt64 = 0
        var count = 0
        /// The digest of the line that is not at its end.
        var line = Self.basis
        var isEmpty = true

        private static let basis: UInt64 = 0xcbf2_9ce4_8422_2325

        mutating func add(_ byte: UInt8) {
            if byte == UInt8(ascii: "\n") { return finish() }
            isEmpty = false
            line = (line ^ UInt64(byte)) &* 0x100_0000_01b3
        }

        mutating func finish() {
            // Multiplied by itself, for sums of digests that are near each other must not be the same.
            sum &+= line &* (line | 1)
            count += 1
            line = Self.basis
            isEmpty = true
        }
    }

    private var first = Side()
    private var second = Side()
    private var read = 0
    private var isText = false

    /// Longer texts are not compared to their ends.
    private static let limit = 64 << 20

    /// Begins with the line in which the first difference is.
    mutating func begin(_ excerpt: Excerpt) {
        let start = excerpt.bytes[..<excerpt.index].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 }
        // The beginning of a long line is not known any more.
        isText = start != nil || excerpt.index < 512
        for byte in excerpt.bytes[(start ?? 0)..<excerpt.index] {
            first.add(byte)
            second.add(byte)
        }
    }

    mutating func add(_ left: Slice<UnsafeRawBufferPointer>, _ right: Slice<UnsafeRawBufferPointer>) {
        guard isText else { return }
        read += max(left.count, right.count)
        if read > Self.limit || left.contains(0) || right.contains(0) {
            isText = false
            return
        }
        for byte in left { first.add(byte) }
        for byte in right { second.add(byte) }
    }

    /// True if there are at least two lines, and both have the same.
    var areSame: Bool {
        var (left, right) = (first, second)
        if !left.isEmpty { left.finish() }
        if !right.isEmpty { right.finish() }
        return isText && left.count > 1 && left.count == right.count && left.sum == right.sum
    }
}
