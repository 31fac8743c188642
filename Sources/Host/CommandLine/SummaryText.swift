import Configuration
import Display

/// An image's settings for people: one block a section, one line a setting, lists below each other.
struct SummaryText {
    let image: ImageConfiguration
    let isColoured: Bool

    var text: String {
        var lines = [heading("IMAGE: \(image.name)")]
        for section in Section.allCases where section != .include {
            let rows = image.registry.settings.filter { $0.section == section && $0.storedAs == nil }
            lines += ["", "    \(heading(section.rawValue.uppercased()))"]
            let width = rows.map(\.name.count).max() ?? 0
            for row in rows {
                let name = String(repeating: " ", count: width - row.name.count) + row.name
                let values = words(of: image.value(named: row.name), isSecret: row.isSecret)
                lines.append("        \(name): \(values.first ?? "none")")
                let indent = String(repeating: " ", count: width + 10)
                lines += values.dropFirst().map { indent + $0 }
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func heading(_ text: String) -> String { isColoured ? "\u{1b}[1m\(text)\u{1b}[0m" : text }

    private func words(of value: Value, isSecret: Bool) -> [String] {
        switch value {
        case .unset: []
        case .bool(let value): [value ? "yes" : "no"]
        case .integer(let value): [String(value)]
        case .text(let value): [isSecret ? "(set)" : printable(value)]
        case .list(let values): values.map(printable)
        case .trees(let trees):
            trees.map { tree in printable(tree.target.map { "\(tree.source):\($0)" } ?? tree.source) }
        case .dictionary(let entries): entries.sorted { $0.key < $1.key }.map { printable("\($0.key)=\($0.value)") }
        case .password(let password): [password.isHashed ? "(hashed)" : "(set)"]
        case .drives, .kernelProfiles: value.displayWords.map(printable)
        case .source(let source): [printable(source.source.isEmpty ? source.type : "\(source.type):\(source.source)")]
        }
    }
}
