/// Finds the known word that was probably meant.
public enum Suggestion {
    /// The candidate with the fewest differences, when they are few for a word of this length.
    public static func nearest(to word: String, in candidates: [String]) -> String? {
        let wanted = Array(word.utf8.prefix(64)).map(lowercase)
        let set = letters(word.utf8)
        var best: (name: String, distance: Int)?
        var limit = max(1, wanted.count / 3)
        for candidate in candidates {
            if abs(candidate.utf8.count - wanted.count) > limit { continue }
            // Each difference changes at most two members of the set of letters.
            if (letters(candidate.utf8) ^ set).nonzeroBitCount > 2 * limit { continue }
            guard let distance = distance(wanted, candidate.utf8.map(lowercase), limit: limit) else { continue }
            if distance < best?.distance ?? Int.max { best = (candidate, distance) }
            limit = min(limit, distance)
        }
        return best?.name
    }

    private static func letters(_ bytes: String.UTF8View) -> UInt32 {
        var set: UInt32 = 0
        for byte in bytes { set |= 1 << UInt32(byte & 31) }
        return set
    }

    private static func lowercase(_ byte: UInt8) -> UInt8 {
        (65...90).contains(byte) ? byte | 0x20 : byte
    }

    /// Returns the number of bytes that must be inserted, removed, replaced or swapped with their neighbour; nil for
    /// more than `limit`.
    private static func distance(_ left: [UInt8], _ right: [UInt8], limit: Int) -> Int? {
        var before: [Int] = []
        var previous = Array(repeating: 0, count: right.count + 1)
        for j in previous.indices { previous[j] = j }
        for i in left.indices {
            var current = Array(repeating: limit + 1, count: right.count + 1)
            current[0] = i + 1
            var lowest = i + 1
            // Beyond this band around the diagonal every way has more differences than are allowed.
            let start = max(0, i - limit)
            let end = min(right.count, i + limit + 1)
            guard start < end else { return nil }
            for j in start..<end {
                var cost = min(previous[j + 1], current[j]) + 1
                cost = min(cost, previous[j] + (left[i] == right[j] ? 0 : 1))
                if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
                    cost = min(cost, before[j - 1] + 1)
                }
                current[j + 1] = cost
                lowest = min(lowest, cost)
            }
            if lowest > limit { return nil }
            before = previous
            previous = current
        }
        return previous[right.count] <= limit ? previous[right.count] : nil
    }
}
