/// The difference of two texts, in the unified form of diff(1).
struct UnifiedDifference {
    private let old: [Substring]
    private let new: [Substring]
    private static let context = 3

    /// A line of the comparison.
    private enum Line: Equatable {
        case same(Substring)
        case removed(Substring)
        case added(Substring)
    }

    init(old: String, new: String) {
        self.old = Self.lines(old)
        self.new = Self.lines(new)
    }

    /// The lines with their ends: a last line without one is another line than the same with one.
    private static func lines(_ text: String) -> [Substring] {
        var lines: [Substring] = []
        var rest = text[...]
        while let end = rest.firstIndex(of: "\n") {
            lines.append(rest[...end])
            rest = rest[rest.index(after: end)...]
        }
        return rest.isEmpty ? lines : lines + [rest]
    }

    private static func shown(_ line: Substring) -> String {
        line.last == "\n" ? String(line.dropLast()) : "\(line)\n\\ No newline at end of file"
    }

    /// The text of the difference below these two names; empty when there is none.
    func text(_ oldName: String, _ newName: String) -> String {
        let script = script
        var result: [String] = []
        var index = 0
        var oldNumber = 1
        var newNumber = 1
        while index < script.count {
            guard let end = hunkEnd(script, from: index) else { break }
            // Lines before the first change of a hunk that are not shown.
            while case .same = script[index], firstChange(script, from: index) - index > Self.context {
                index += 1
                oldNumber += 1
                newNumber += 1
            }
            let part = script[index..<end]
            let removed = part.filter { if case .added = $0 { false } else { true } }.count
            let added = part.filter { if case .removed = $0 { false } else { true } }.count
            result.append("@@ -\(Self.range(oldNumber, removed)) +\(Self.range(newNumber, added)) @@")
            for line in part {
                switch line {
                case .same(let text): result.append(" \(Self.shown(text))")
                case .removed(let text): result.append("-\(Self.shown(text))")
                case .added(let text): result.append("+\(Self.shown(text))")
                }
            }
            oldNumber += removed
            newNumber += added
            index = end
        }
        guard !result.isEmpty else { return "" }
        return (["--- \(oldName)", "+++ \(newName)"] + result).joined(separator: "\n") + "\n"
    }

    private static func range(_ start: Int, _ count: Int) -> String {
        count == 0 ? "\(start - 1),0" : count == 1 ? "\(start)" : "\(start),\(count)"
    }

    private func firstChange(_ script: [Line], from index: Int) -> Int {
        script[index...].firstIndex { if case .same = $0 { false } else { true } } ?? script.count
    }

    /// Where the next hunk ends; nil when there are no more changes.
    private func hunkEnd(_ script: [Line], from index: Int) -> Int? {
        var change = firstChange(script, from: index)
        guard change < script.count else { return nil }
        while true {
            let same = script[change...].firstIndex { if case .same = $0 { true } else { false } } ?? script.count
            let next = firstChange(script, from: same)
            if next == script.count || next - same > 2 * Self.context {
                return min(same + Self.context, script.count)
            }
            change = next
        }
    }

    /// The shortest way from one text to the other, by the lengths of common subsequences.
    private var script: [Line] {
        var lengths = Array(repeating: Array(repeating: 0, count: new.count + 1), count: old.count + 1)
        for i in old.indices.reversed() {
            for j in new.indices.reversed() {
                lengths[i][j] =
                    old[i] == new[j] ? lengths[i + 1][j + 1] + 1 : max(lengths[i + 1][j], lengths[i][j + 1])
            }
        }
        var lines: [Line] = []
        var i = 0
        var j = 0
        while i < old.count || j < new.count {
            if i < old.count, j < new.count, old[i] == new[j] {
                lines.append(.same(old[i]))
                i += 1
                j += 1
            } else if j == new.count || i < old.count && lengths[i + 1][j] >= lengths[i][j + 1] {
                lines.append(.removed(old[i]))
                i += 1
            } else {
                lines.append(.added(new[j]))
                j += 1
            }
        }
        return lines
    }
}
