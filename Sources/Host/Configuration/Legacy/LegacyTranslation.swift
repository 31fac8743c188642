import ByteKeys
import Support
import System

/// A project of the first generations in today's form: the files that it would consist of.
struct LegacyTranslation: Sendable {
    /// In the order in which they are read.
    var files: [File]
    var notes: [LegacyNote] = []
    /// The profile that replaces the main file, if it is among those of `--all`.
    var profile: String?
    /// The elements of all lists in the end.
    var elements: ByteDictionary<[LegacyTranslator.Element]> = [:]

    struct File: Sendable {
        /// The path from the project's directory.
        var target: String
        /// The old file; nil for what has none.
        var source: LegacyFile?
        /// Conditions, each a line.
        var conditions: [Condition] = []
        /// In the order of reading.
        var items: [LegacyItem]
        var trailingComments: [String] = []
    }

    struct Condition: Sendable {
        var name: String
        var text: String
    }
}

extension LegacyTranslation.File {
    /// The file for the loader: the conditions and assignments with the places of the old ones.
    var file: ConfigurationFile {
        var blocks: [ConfigurationFile.SectionBlock] = []
        let start = ConfigurationFile.Position(line: 1, column: 1)
        if !conditions.isEmpty {
            var block = ConfigurationFile.SectionBlock(name: ConditionSection.match.rawValue, position: start)
            block.entries = conditions.map { condition in
                ConfigurationFile.Entry(
                    name: condition.name,
                    position: start,
                    pieces: [ConfigurationFile.Piece(text: condition.text, position: start)]
                )
            }
            blocks.append(block)
        }
        for item in items {
            if blocks.last?.name != item.section.rawValue {
                blocks.append(ConfigurationFile.SectionBlock(name: item.section.rawValue, position: item.position))
            }
            let entry = ConfigurationFile.Entry(name: item.name, position: item.position, pieces: item.pieces)
            blocks[blocks.count - 1].entries.append(entry)
        }
        return ConfigurationFile(path: source?.path ?? target, lines: source?.lines ?? [], sections: blocks)
    }

    /// The text of the file of today.
    var text: String {
        var lines = (source?.leadingComments ?? []).map { $0.hasPrefix(";") ? "#\($0.dropFirst())" : $0 }
        if !lines.isEmpty { lines.append("") }
        if !conditions.isEmpty {
            lines += ["[\(ConditionSection.match.rawValue)]"] + conditions.map { "\($0.name)=\($0.text)" }
        }
        var section: Section?
        for item in items where !item.isImplied {
            if item.section != section {
                if lines.last?.isEmpty == false { lines.append("") }
                lines.append("[\(item.section.rawValue)]")
                section = item.section
            }
            lines += item.comments.map { $0.hasPrefix(";") ? "#\($0.dropFirst())" : $0 }
            let values = item.pieces.map(\.text)
            lines.append("\(item.name)=\(values.first ?? "")")
            lines += values.dropFirst().map { "        \($0)" }
        }
        if !trailingComments.isEmpty {
            if lines.last?.isEmpty == false { lines.append("") }
            lines += trailingComments.map { $0.hasPrefix(";") ? "#\($0.dropFirst())" : $0 }
        }
        return lines.isEmpty ? "" : lines.joined(separator: "\n") + "\n"
    }
}
