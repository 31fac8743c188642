import Configuration
import JSON
import PluginWire

/// Everything that a shell can offer: verbs, options, and what their arguments are; made from the tables and plugins.
struct CompletionModel {
    var verbs: [Verb] = []
    var options: [Option] = []
    /// The names of all settings, for `mkosi explain`.
    var settings: [String] = []
    var manuals: [String] = []

    struct Verb {
        var name: String
        var help: String
        var completes: VerbDescription.Completes
        /// The long spellings of the verb's own options.
        var options: [String]
        /// True if settings are options of the verb.
        var readsConfiguration: Bool
    }

    /// The verbs that have an option.
    enum Scope: Equatable {
        case every
        /// All that read the configuration.
        case configuration
        /// Those that name it.
        case some
    }

    struct Option {
        /// `--format`.
        var long: String
        var short: Character?
        /// Spellings of former days: their arguments complete, they themselves are not offered.
        var old: [String] = []
        var help: String
        /// The kind of the argument; nil for an option without one.
        var argument: Argument?
        /// True if the argument may be left out.
        var isOptional = false
        var scope = Scope.configuration
    }

    /// The placeholder of an argument.
    enum Argument: Equatable {
        /// Nothing that a shell could know.
        case free
        case words([String])
        /// Several words with commas between them.
        case list([String])
        /// A file, or one of these words.
        case file([String])
        case directory
        /// The names in `mkosi.profiles/` and `mkosi.images/` of the project.
        case profiles
        case images
    }

    init(registry: Registry, catalogue: PluginFacts, manuals: [String]) {
        self.manuals = manuals.filter(Self.isPlain)
        let (every, configuration) = (SharedOptions.all.map(\.long), SharedOptions.configuration.map(\.long))
        for verb in VerbTable.descriptions {
            let own = verb.options.flatMap { [$0.long] + ($0.negation.map { [$0] } ?? []) }
                .filter { !every.contains($0) && !(verb.readsConfiguration && configuration.contains($0)) }
            for name in [verb.name] + verb.aliases {
                verbs.append(
                    Verb(
                        name: name,
                        help: verb.help,
                        completes: verb.completes,
                        options: own,
                        readsConfiguration: verb.readsConfiguration
                    )
                )
            }
        }
        for option in OptionTable(verbs: VerbTable.descriptions).all {
            var row = Option(long: option.long, short: option.short, help: option.help)
            row.isOptional = option.isArgumentOptional
            row.argument = option.argument.map(Self.argument)
            row.scope =
                every.contains(option.long) ? .every : configuration.contains(option.long) ? .configuration : .some
            options.append(row)
            if let negation = option.negation, let help = option.negationHelp {
                options.append(Option(long: negation, help: help, scope: row.scope))
            }
        }
        for setting in registry.settings where Self.isPlain(setting.option) {
            var row = Option(long: setting.option, short: setting.shortOption, help: setting.help)
            row.old = setting.oldOptions
            row.argument = Self.argument(of: setting, catalogue)
            row.isOptional = setting.valueWithoutArgument != nil
            options.append(row)
            settings.append(setting.name)
        }
    }

    /// The option that a word of the command line is.
    func option(_ name: String) -> Option? {
        options.first { $0.long == name || $0.short.map { "-\($0)" } == name || $0.old.contains(name) }
    }

    /// Letters that mean the same to every shell, so that nothing that a plugin says is ever run.
    static func isPlain(_ word: String) -> Bool {
        !word.isEmpty
            && word.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "-_.+@/".utf8.contains(byte)
                }
            }
    }

    private static func argument(of argument: OptionDeclaration.Argument) -> Argument {
        switch argument {
        case .boolean: .words(["yes", "no"])
        case .choice(let words, _): .words(words)
        case .file: .file([])
        case .directory: .directory
        case .number, .text, .texts: .free
        }
    }

    /// The verbs that have an option by naming it.
    func verbs(with option: Option) -> [Verb] { verbs.filter { $0.options.contains(option.long) } }

    private static func argument(of row: SettingDefinition, _ catalogue: PluginFacts) -> Argument {
        let isDirectory = row.name.hasSuffix("Directory") || row.name.hasSuffix("Directories")
        func words(_ words: [String]) -> Argument { .words(words.filter(isPlain)) }
        switch row.kind {
        case .boolean: return .words(["yes", "no"])
        case .feature: return .words(["yes", "no", "auto"])
        case .path(let rule): return isDirectory ? .directory : .file(rule.constants.filter(isPlain))
        case .choice(let choices, let yes, let no):
            let booleans = [yes == nil ? nil : "yes", no == nil ? nil : "no"].compactMap { $0 }
            return words((choices + booleans).uniqued())
        case .distribution: return words(catalogue.distributionNames)
        case .format: return words(catalogue.formatNames)
        case .architecture: return words(Architecture.all)
        case .compression: return words(row.kind.fixedWords)
        case .sectorSize: return .words(["512", "1024", "2048", "4096"])
        case .socketID: return .words(["auto", "hash"])
        case .uuid: return .words(["random"])
        case .source(let types): return words(types)
        case .list(.profile, _): return .profiles
        case .list(.choice(let choices), _): return .list(choices.filter(isPlain))
        case .list(.choices(let choices, _, _), _): return .list(choices.filter(isPlain))
        case .list where row.name == settingName(.include): return .file(catalogue.includeNames.filter(isPlain))
        case .list(.path(let words, _), _): return isDirectory ? .directory : .file(words.filter(isPlain))
        case .list(.paths, _), .list(.tree, _): return isDirectory ? .directory : .file([])
        case .list where row.name == settingName(.dependencies): return .images
        case .list where !row.knownWords.isEmpty: return .list(row.knownWords)
        case .text where row.name == settingName(.release): return words(releases(catalogue))
        default: return .free
        }
    }

    private static func releases(_ catalogue: PluginFacts) -> [String] {
        catalogue.distributions.flatMap { ($0.description.releases ?? []).map(\.name) }.uniqued()
    }
}
