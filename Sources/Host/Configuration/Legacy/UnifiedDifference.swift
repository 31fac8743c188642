import ByteKeys

/// The difference of two texts, in the unified form of diff(1).
struct UnifiedDifference {
    private static let context = 3

    private enum Line {
        case same(ByteText)
        case removed(ByteText)
        case added(ByteText)

        var isChange: Bool { if case .same = self { false } else { true } }
        var isOld: Bool { if case .added = self { false } else { true } }
        var isNew: Bool { if case .removed = self { false } else { true } }

        var shown: String {
            let (mark, line) =
                switch self {
                case .same(let line): (" ", line.text)
                case .removed(let line): ("-", line.text)
                case .added(let line): ("+", line.text)
                }
            return mark
                + (line.utf8.last == UInt8(ascii: "\n")
                    ? String(Substring(line.utf8.dropLast())) : "\(line)\n\\ No newline at end of file")
        }
    }

    /// The lines of both texts: those that only the old one has before those that only the new one has.
    private let lines: [Line]

    init(old: String, new: String) {
        let old = Self.lines(old)
        let new = Self.lines(new)
        var removed: Set<Int> = []
        var added: Set<Int> = []
        for change in new.difference(from: old) {
            switch change {
            case .remove(let offset, _, _): removed.insert(offset)
            case .insert(let offset, _, _): added.insert(offset)
            }
        }
        var lines: [Line] = []
        var (oldIndex, newIndex) = (0, 0)
        while oldIndex < old.count || newIndex < new.count {
            if removed.contains(oldIndex) {
                lines.append(.removed(old[oldIndex]))
                oldIndex += 1
            } else if added.contains(newIndex) {
                lines.append(.added(new[newIndex]))
                newIndex += 1
            } else {
                lines.append(.same(old[oldIndex]))
                oldIndex += 1
                newIndex += 1
            }
        }
        self.lines = lines
    }

    /// The lines with their ends: a last line without one is another line than the same with one.
    private static func lines(_ text: String) -> [ByteText] {
        var lines: [ByteText] = []
        var rest = text[...]
        // By bytes: `\r\n` is one character.
        while let end = rest.utf8.firstIndex(of: UInt8(ascii: "\n")) {
            let next = rest.utf8.index(after: end)
            lines.append(ByteText(rest[..<next]))
            rest = rest[next...]
        }
        return rest.isEmpty ? lines : lines + [ByteText(rest)]
    }

    /// The text of the difference below these two names; empty when there is none.
    func text(_ oldName: String, _ newName: String) -> String {
        let hunks = hunks.map(text)
        return hunks.isEmpty ? "" : (["--- \(oldName)", "+++ \(newName)"] + hunks).joined(separator: "\n") + "\n"
    }

    private func text(of hunk: Range<Int>) -> String {
        let (before, part) = (lines[..<hunk.lowerBound], lines[hunk])
        let old = Self.range(after: before.count(where: \.isOld), part.count(where: \.isOld))
        let new = Self.range(after: before.count(where: \.isNew), part.count(where: \.isNew))
        return (["@@ -\(old) +\(new) @@"] + part.map(\.shown)).joined(separator: "\n")
    }

    private static func range(after skipped: Int, _ count: Int) -> String {
        count == 0 ? "\(skipped),0" : count == 1 ? "\(skipped + 1)" : "\(skipped + 1),\(count)"
    }

    /// Changes and the lines around them; changes whose surroundings touch are in one hunk.
    private var hunks: [Range<Int>] {
        var hunks: [Range<Int>] = []
        for index in lines.indices where lines[index].isChange {
            let hunk = max(0, index - Self.context)..<min(lines.count, index + Self.context + 1)
            if let last = hunks.last, hunk.lowerBound <= last.upperBound {
                hunks[hunks.count - 1] = last.lowerBound..<hunk.upperBound
            } else {
                hunks.append(hunk)
            }
        }
        return hunks
    }
}
