import PluginWire
import Support

/// Facts that some assignments need about others, anywhere in the files.
struct LegacyOverview: Sendable {
    /// The format, in its name of today.
    var format: PluginFacts.FormatEntry?
    /// The distribution as it is written, for the directories that are named after it.
    var distribution: String?
    var passwordIsHashed = false
    /// The keys that are assigned.
    var keys: Set<String> = []

    init() {}

    init(_ entries: [LegacyFile.Entry], _ catalogue: PluginFacts) {
        for entry in entries {
            let key = LegacyText.key(entry.name)
            keys.insert(key)
            switch key {
            case "format": format = catalogue.formatEntry(entry.text)
            case "distribution": distribution = entry.text
            case "passwordishashed": passwordIsHashed = Scalars.boolean(entry.text) == true
            default: break
            }
        }
    }
}

extension PluginFacts {
    /// The plugin whose formats and settings are those of the old generations.
    static let legacyPlugin = "legacy"

    func formatEntry(_ name: String) -> FormatEntry? {
        guard let description = format(name) else { return nil }
        return formats.first { $0.description.name == description.name }
    }

    /// The default format of the first generations.
    var standardLegacyFormat: FormatEntry? {
        var best: FormatEntry?
        for entry in formats where entry.plugin == Self.legacyPlugin {
            if entry.description.preference ?? 0 > best?.description.preference ?? Int.min { best = entry }
        }
        return best
    }
}
