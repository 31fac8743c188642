import ByteKeys
import Glibc
import PluginWire
import Support
import System

/// Says in today's settings what the assignments of an old generation mean.
///
/// One translator reads all files of a project in order, because some assignments refer to earlier ones.
struct LegacyTranslator {
    let registry: Registry
    let catalogue: PluginFacts
    /// The project's directory.
    let directory: String
    /// True if the files are of the first generations, in which some of today's names meant something else.
    let isFirst: Bool
    /// The overview of the whole project before its assignments are read.
    var overview = LegacyOverview()
    var notes: [LegacyNote] = []
    /// The elements that were assigned to lists so far, for those that take earlier ones back.
    var elements: ByteDictionary<[Element]> = [:]
    var bootProtocols: [String] = []
    /// Lists that do not count default paths any more.
    private var replaced: ByteSet = []
    /// Today's names by the old way to write them.
    private let names: [String: Int]

    /// An assignment to be read, and its position.
    struct Source {
        var entry: LegacyFile.Entry
        /// Nil for the command line.
        var file: ConfigurationFile?
        var key: String
    }

    /// An element of a list, and its position.
    struct Element: Sendable {
        var text: String
        var position: ConfigurationFile.Position
    }

    init(registry: Registry, catalogue: PluginFacts, directory: String, isFirst: Bool) {
        self.registry = registry
        self.catalogue = catalogue
        self.directory = directory
        self.isFirst = isFirst
        var names: [String: Int] = [:]
        for (index, row) in registry.settings.enumerated() {
            for name in [row.name, row.option] + row.oldNames + row.oldOptions {
                names[LegacyText.key(name)] = names[LegacyText.key(name)] ?? index
            }
        }
        self.names = names
    }

    /// Today's setting of an old name that still means the same.
    func row(_ key: String) -> SettingDefinition? {
        names[key].map { registry.settings[$0] } ?? registry.setting(named: key)
    }

    /// Returns the fate of a name; nil if it is that of a setting of today, or unknown.
    func action(_ key: String) -> LegacyAction? {
        if isFirst, let action = LegacyTable.first[key] { return action }
        if let action = LegacyTable.all[key] {
            // A plugin may bring back what the core has given up.
            if case .gone = action, row(key) != nil { return nil }
            return action
        }
        return nil
    }

    /// Today's assignments in place of an old one.
    mutating func translate(_ entry: LegacyFile.Entry, in file: ConfigurationFile?) throws(Failure) -> [LegacyItem] {
        let source = Source(entry: entry, file: file, key: LegacyText.key(entry.name))
        var items: [LegacyItem]
        if let action = action(source.key) {
            items = try translate(source, action)
        } else if let row = row(source.key) {
            items = assignments(source, row)
        } else {
            unknown(source)
            return []
        }
        if !items.isEmpty { items[0].comments = entry.comments + items[0].comments }
        return items
    }

    /// Today's assignments in place of one whose name or value is old.
    mutating func translate(_ source: Source, _ action: LegacyAction) throws(Failure) -> [LegacyItem] {
        switch action {
        case .renamed(let name):
            note(source, "\(shown(source)) is \(name)= today")
            return registry.setting(named: name).map { assignments(source, $0) } ?? []
        case .gone(let reason, _):
            note(source, "\(shown(source)) has no effect any more: \(reason)")
            return []
        case .special(let special):
            return try translate(source, special)
        }
    }

    private mutating func unknown(_ source: Source) {
        let near = Suggestion.nearest(to: source.entry.name, in: registry.names + LegacyTable.names)
        note(
            source,
            source.file == nil ? "There is no option \(source.entry.name)" : "there is no setting \(shown(source))",
            hint: near.map { "Did you mean \($0)?" } ?? "It may belong to a plugin that is not installed"
        )
    }

    /// Returns the setting's name in messages.
    func shown(_ source: Source) -> String {
        source.file == nil ? source.entry.name : "\(source.entry.name)="
    }

    /// Speaks of a setting, once.
    mutating func note(_ source: Source, _ message: String, hint: String? = nil) {
        guard !notes.contains(where: { $0.key == source.key }) else { return }
        notes.append(
            LegacyNote(
                key: source.key,
                message: message,
                hint: hint,
                file: source.file,
                position: source.entry.position,
                length: source.entry.name.utf8.count
            )
        )
    }
}

extension LegacyTranslator {
    /// An old value in the way of today's kind of value.
    mutating func assignments(_ source: Source, _ row: SettingDefinition) -> [LegacyItem] {
        switch row.kind {
        case .list(_, let rule):
            let isWords = rule.delimiter == UInt8(ascii: " ")
            let separators = isWords ? LegacyText.words : LegacyText.listSeparators
            return list(row, split(source, at: separators), source)
        case .dictionary:
            return list(row, split(source, at: LegacyText.words), source)
        default:
            return [item(row.name, source.entry.text, source)].compactMap { $0 }
        }
    }

    func split(_ source: Source, at separators: Set<UInt8>) -> [Element] {
        source.entry.pieces.flatMap { piece in
            LegacyText.split(piece.text, at: separators).map { Element(text: $0, position: piece.position) }
        }
    }

    /// One assignment of a single value; nil when no installed plugin has the setting.
    func item(_ name: String, _ text: String, _ source: Source) -> LegacyItem? {
        guard let row = registry.setting(named: name) else { return nil }
        let position = source.entry.pieces.first?.position ?? source.entry.position
        let text = literal(text, source)
        return LegacyItem(
            section: row.section,
            name: row.name,
            pieces: text.split(separator: "\n", omittingEmptySubsequences: false).map {
                ConfigurationFile.Piece(text: String($0), position: position)
            },
            position: source.entry.position
        )
    }

    /// Only in files of today a percent sign means something.
    private func literal(_ text: String, _ source: Source) -> String {
        isFirst && source.file != nil ? LegacyText.literal(text) : text
    }

    /// Assignments of a list: `!pattern` takes earlier elements back, which takes a new beginning.
    mutating func list(_ row: SettingDefinition, _ new: [Element], _ source: Source) -> [LegacyItem] {
        var items: [LegacyItem] = []
        var added: [Element] = []
        var all = elements[row.name] ?? []
        var isReset = new.isEmpty
        for element in new {
            if element.text.hasPrefix("!"), element.text.utf8.count > 1 {
                let pattern = String(element.text.dropFirst())
                all.removeAll { Glob.matches($0.text, pattern) }
                isReset = true
            } else {
                all.append(element)
                added.append(element)
            }
        }
        if new.isEmpty { all = [] }
        // The first generations took a default path only where the setting was not assigned.
        let isNew = isFirst && source.file != nil && replaced.insert(row.name).inserted
        if isNew, hasDefaultPath(row) { isReset = true }
        elements[row.name] = all
        if isReset, let reset = item(row.name, "", source) { items.append(reset) }
        let rest = isReset ? all : added
        if !rest.isEmpty, let item = listItem(row, rest, source) { items.append(item) }
        return items
    }

    private func hasDefaultPath(_ row: SettingDefinition) -> Bool {
        row.defaultPaths.contains { path in
            let first = Paths.components(path).first.map(String.init) ?? path
            return Files.exists(Paths.join(directory, first))
        }
    }

    /// Elements on one line where the old ones were on one line, else one on each line.
    private func listItem(_ row: SettingDefinition, _ elements: [Element], _ source: Source) -> LegacyItem? {
        var separator = " "
        if case .list(_, let rule) = row.kind { separator = String(UnicodeScalar(rule.delimiter)) }
        let texts = elements.map { literal($0.text, source) }
        let lines = Set(elements.map(\.position.line))
        let start = source.entry.pieces.first?.position ?? source.entry.position
        // A line that begins with such a mark would be a comment.
        let isSafe = !texts.contains { $0.hasPrefix("#") || $0.hasPrefix(";") || $0.hasPrefix("[") }
        var item = LegacyItem(section: row.section, name: row.name, pieces: [], position: source.entry.position)
        if lines.count > 1, isSafe {
            item.pieces = [ConfigurationFile.Piece(text: "", position: start)]
            item.pieces += zip(texts, elements).map { ConfigurationFile.Piece(text: $0, position: $1.position) }
        } else {
            let text = texts.joined(separator: separator)
            item.pieces = [ConfigurationFile.Piece(text: text, position: elements.first?.position ?? start)]
        }
        return item
    }
}
