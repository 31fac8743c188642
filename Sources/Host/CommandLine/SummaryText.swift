import Configuration
import Display
import System

/// A readable summary of an image's settings: one block per section, one line per setting or list element.
///
/// Names are right-aligned at a colon, as files spell them. Defaults are dimmed if colours are enabled,
/// so that the eye finds what this project says. Settings that only the main image has are left out of other images.
struct SummaryText {
    let image: ImageConfiguration
    let isColoured: Bool

    var text: String {
        var lines = [painted("IMAGE: \(image.name)", .bold)]
        let blocks = Section.allCases.filter { $0 != .include }.map { ($0, rows(of: $0)) }.filter { !$1.isEmpty }
        let width = blocks.flatMap(\.1).map(\.name.count).max() ?? 0
        for (section, rows) in blocks {
            lines += ["", "    " + painted("\(section.rawValue.uppercased()):", .bold)]
            for row in rows { lines += self.lines(of: row, width: width) }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func rows(of section: Section) -> [SettingDefinition] {
        image.registry.settings.filter { row in
            guard row.section == section, row.storedAs == nil, !image.leavesOut(row) else { return false }
            guard row.scope == .main else { return true }
            return image.name == ImageConfiguration.mainName || !image.assignments(to: row.name).isEmpty
        }
    }

    private func lines(of row: SettingDefinition, width: Int) -> [String] {
        let value = image.value(named: row.name)
        let name = String(repeating: " ", count: width - row.name.count) + row.name
        let words = value.summaryWords(of: row).map(printable)
        let ink: Ink? = image.assignments(to: row.name).isEmpty ? .faint : nil
        let indent = String(repeating: " ", count: width + 10)
        let first = "        \(name): " + painted(words.first ?? "none", ink)
        return [first] + words.dropFirst().map { indent + painted($0, ink) }
    }

    private enum Ink: String {
        case bold = "1"
        case faint = "2"
    }

    private func painted(_ text: String, _ ink: Ink?) -> String {
        guard isColoured, let ink else { return text }
        return "\u{1b}[\(ink.rawValue)m\(text)\u{1b}[0m"
    }
}

extension Value {
    /// The elements of a setting's value as one would write them into a file; of secrets only that they are there.
    fileprivate func summaryWords(of row: SettingDefinition) -> [String] {
        switch (row.kind, self) {
        case (.size, .integer(let bytes)): [Self.size(bytes)]
        case (.mode, .integer(let mode)): ["0" + String(mode, radix: 8)]
        case (.socketID, .integer(-1)): ["auto"]
        case (.socketID, .integer(-2)): ["hash"]
        case (.feature, .text("enabled")): ["yes"]
        case (.feature, .text("disabled")): ["no"]
        default: displayWords
        }
    }

    /// A number of bytes in the largest unit that says it exactly.
    private static func size(_ bytes: Int) -> String {
        for (shift, unit) in [(40, "T"), (30, "G"), (20, "M"), (10, "K")] where bytes > 0 {
            if bytes % (1 << shift) == 0 { return "\(bytes >> shift)\(unit)" }
        }
        return String(bytes)
    }
}
