public import Support

/// Options of the command line that older generations knew, and what they are today.
public struct LegacyOptions: Sendable {
    private let registry: Registry
    private let catalogue: PluginFacts
    private let directory: String
    /// True if the command line is for a project of the first generations.
    public let isFirst: Bool

    /// The way in which an option takes an argument.
    public enum Argument: Sendable {
        case required
        case optional
    }

    public init(registry: Registry, catalogue: PluginFacts, directory: String, isFirst: Bool) {
        self.registry = registry
        self.catalogue = catalogue
        self.directory = directory
        self.isFirst = isFirst
    }

    /// Made where an option is not one of today's: most command lines need none.
    private var translator: LegacyTranslator {
        LegacyTranslator(registry: registry, catalogue: catalogue, directory: directory, isFirst: isFirst)
    }

    /// Returns true if a command line is for a project of the first generations, or uses their language without one.
    ///
    /// The words are those of mkosi, without what follows `--` and without a command of a verb.
    public static func concern(_ words: ArraySlice<String>, directory: String, catalogue: PluginFacts) -> Bool {
        if LegacyProject.exists(in: directory) { return true }
        if LegacyProject.hasFilesOfToday(directory) { return false }
        for (index, word) in words.enumerated() {
            let name = word.prefix { $0 != "=" }
            if name == "--default" || name == "--all" || name == "--all-directory" { return true }
            if name.hasPrefix("--"), LegacyTable.all[LegacyText.key(String(name))] != nil { return true }
            var format: Substring?
            if name == "--format" || name == "-t" {
                format = word.contains("=") ? word.dropFirst(name.count + 1) : words.dropFirst(index + 1).first?[...]
            } else if word.hasPrefix("-t") {
                format = word.dropFirst(2)
            }
            let found = format.flatMap { catalogue.formatEntry(String($0)) }
            if found?.plugin == PluginFacts.legacyPlugin { return true }
        }
        return false
    }

    /// The short options of the first generations that are none today, or others.
    public static let shortOptions: [Character: String] = ["a": "--all", "b": "--bootable"]

    /// Returns the argument that an option takes; nil when no generation knows the option.
    public func argument(of option: String) -> Argument? {
        let key = LegacyText.key(option)
        let translator = translator
        if let action = translator.action(key) {
            if action.isSwitch { return .optional }
            if case .renamed(let name) = action, let row = registry.setting(named: name) {
                return Self.argument(of: row)
            }
            return .required
        }
        guard isFirst, let row = translator.row(key) else { return nil }
        return Self.argument(of: row)
    }

    private static func argument(of row: SettingDefinition) -> Argument {
        switch row.kind {
        case .boolean, .feature: .optional
        case .choice(_, let yes, _): yes == nil ? .required : .optional
        default: row.valueWithoutArgument == nil ? .required : .optional
        }
    }

    /// Today's settings for old options, in order, and what is to be said about them.
    public func translate(
        _ options: [(option: String, text: String)]
    ) throws(Failure) -> (settings: [ConfigurationRequest.OptionValue], warnings: [Warning]) {
        if options.isEmpty { return ([], []) }
        var translator = translator
        let entries = options.map { option, text in
            let start = ConfigurationFile.Position(line: 1, column: 1)
            let piece = ConfigurationFile.Piece(text: text, position: start)
            return LegacyFile.Entry(section: "", name: option, position: start, pieces: [piece])
        }
        translator.overview = LegacyOverview(entries, catalogue)
        // An element that is removed may be in a file.
        if isFirst, options.contains(where: { $0.text.contains("!") }),
            let project = try LegacyProject(LegacyRequest(), directory: directory)
        {
            let files = try LegacyTranslation(project, registry: registry, catalogue: catalogue)
            translator.elements = files.elements
        }
        var settings: [ConfigurationRequest.OptionValue] = []
        for entry in entries {
            for item in try translator.translate(entry, in: nil) {
                settings.append(.init(option: entry.name, setting: item.name, text: item.text))
            }
        }
        return (settings, translator.notes.map(\.warning))
    }
}
