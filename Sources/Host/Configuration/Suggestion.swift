/// Finds the known word that was probably meant.
public enum Suggestion {
    /// The candidate with the fewest differences, when they are few for a word of this length.
    public static func nearest(to word: String, in candidates: [String]) -> String? {
        let wanted = Array(word.lowercased().utf8.prefix(64))
        var best: (name: String, distance: Int)?
        let limit = max(1, wanted.count / 3)
        for candidate in candidates {
            let other = Array(candidate.lowercased().utf8)
            if abs(other.count - wanted.count) > limit { continue }
            let distance = distance(wanted, other)
            if distance <= limit, distance < best?.distance ?? Int.max { best = (candidate, distance) }
        }
        return best?.name
    }

    /// How many bytes must be inserted, removed, replaced or swapped with their neighbour.
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var before: [Int] = []
        var previous = Array(0...right.count)
        for i in left.indices {
            var current = [i + 1]
            for j in right.indices {
                var cost = min(previous[j + 1], current[j]) + 1
                cost = min(cost, previous[j] + (left[i] == right[j] ? 0 : 1))
                if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
                    cost = min(cost, before[j - 1] + 1)
                }
                current.append(cost)
            }
            before = previous
            previous = current
        }
        return previous[right.count]
    }
}
