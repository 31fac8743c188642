import JSON
import PluginWire

/// All settings that exist: the host's own and those that plugins add.
public struct Registry: Sendable {
    public let settings: [SettingDefinition]
    private let indexByName: [String: Int]
    private let indexByOption: [String: Int]
    private let indexBySpecifier: [Character: Int]

    /// The settings of the host alone, made once: a program needs them several times before it knows its plugins.
    public static let core = Registry(catalogue: PluginFacts(manifests: []))

    /// The settings of the host, and of these plugins.
    public init(catalogue: PluginFacts) {
        var settings = SettingTable.all.map { $0.withBootloaders(of: catalogue) }
        let own = Set(settings.map(\.name))
        for entry in catalogue.settings where !own.contains(entry.setting.name) {
            if let row = SettingDefinition(entry) { settings.append(row) }
        }
        var names: [String: Int] = [:]
        var options: [String: Int] = [:]
        var specifiers: [Character: Int] = [:]
        names.reserveCapacity(2 * settings.count)
        options.reserveCapacity(2 * settings.count)
        for (index, row) in settings.enumerated() {
            for name in [row.name] + row.oldNames { names[name] = names[name] ?? index }
            for option in [row.option] + row.oldOptions { options[option] = options[option] ?? index }
            if let short = row.shortOption { options["-\(short)"] = index }
            if let specifier = row.specifier { specifiers[specifier] = index }
        }
        self.settings = settings
        self.names = settings.map { $0.name }
        self.options = settings.map { $0.option }
        indexByName = names
        indexByOption = options
        indexBySpecifier = specifiers
    }

    /// The setting of this name, or of this name of former days.
    public func setting(named name: String) -> SettingDefinition? {
        indexByName[name].map { settings[$0] }
    }

    /// The row of a setting; nil for one of a plugin that is not installed.
    public func setting<Content>(_ setting: Setting<Content>) -> SettingDefinition? {
        self.setting(named: setting.name)
    }

    /// The setting of `--option` or `-o`.
    public func setting(option: String) -> SettingDefinition? {
        indexByOption[option].map { settings[$0] }
    }

    func setting(specifier: Character) -> SettingDefinition? {
        indexBySpecifier[specifier].map { settings[$0] }
    }

    /// Returns the place at which the value of a setting is stored: second spellings share it with the first.
    func slot(of row: SettingDefinition) -> Int {
        indexByName[row.storedAs ?? row.name] ?? 0
    }

    /// The known names, for suggestions.
    public let names: [String]
    public let options: [String]
}

extension SettingDefinition {
    /// The value that means no boot loader.
    private static let noBootloader = "none"

    /// The row with the names of installed boot loaders as its values, where it names one.
    fileprivate func withBootloaders(of catalogue: PluginFacts) -> SettingDefinition {
        guard let firmware else { return self }
        var row = self
        row.kind = .choice([Self.noBootloader] + catalogue.bootloaderNames(for: firmware))
        row.defaultValue = firmware == "uefi" ? .computed(.bootloader) : .text(Self.noBootloader)
        return row
    }

    /// A setting that a plugin's manifest describes; nil when its section or type does not exist.
    init?(_ entry: PluginFacts.SettingEntry) {
        let source = entry.setting
        guard let section = Section(rawValue: source.section) else { return nil }
        let kind: ValueKind
        switch source.type {
        case "string": kind = .text
        case "boolean": kind = .boolean
        case "integer": kind = .integer(min: .min, max: .max)
        case "path": kind = .anyPath
        case "list": kind = source.choices.map { .list(.choice($0)) } ?? .texts
        case "choice": kind = Self.choice(among: source.choices ?? [])
        default: return nil
        }
        self.init(source.name, kind, source.help)
        self.section = section
        plugin = entry.plugin
        option = Self.optionName(source.name)
        match = kind.isCollection ? .contains : .equal
        switch source.default {
        case .bool(let value): defaultValue = .bool(value)
        case .integer(let value): defaultValue = .integer(value)
        case .string(let value): defaultValue = .text(value)
        case .array(let values): defaultValue = .list(values.compactMap(\.string))
        default: break
        }
    }

    /// Returns a choice that takes every way to write a boolean, if yes and no are among the words.
    private static func choice(among words: [String]) -> ValueKind {
        let isBoolean = words.contains("yes") && words.contains("no")
        return isBoolean ? .choice(words, yes: "yes", no: "no") : .choice(words)
    }

    /// `--acme-mode` for `AcmeMode`, `--abc-size` for `ABCSize`.
    public static func optionName(_ name: String) -> String {
        let capitals = UInt8(ascii: "A")...UInt8(ascii: "Z")
        let letters = Array(name.utf8)
        var text: [UInt8] = [UInt8(ascii: "-")]
        // How many capitals are directly before a letter.
        var run = 0
        for (index, letter) in letters.enumerated() {
            guard capitals.contains(letter) else {
                run = 0
                text.append(letter)
                continue
            }
            let isBeforeSmall =
                index + 1 < letters.count && (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(letters[index + 1])
            if run == 0 || run > 1 && isBeforeSmall { text.append(UInt8(ascii: "-")) }
            text.append(letter | 0x20)
            run += 1
        }
        return String(decoding: text, as: UTF8.self)
    }
}
