import ByteKeys
public import JSON
import PluginWire
import Support
import System

/// The settings, formats and distributions of plugins that need not be installed, from a list generated from manifests.
public struct KnownPlugins: Sendable {
    /// An entry of the list about one plugin.
    struct Entry: Sendable {
        var name: String
        var distributions: [String]
        var formats: [String]
        var settings: [String]
    }

    /// Nothing is known.
    public static let none = KnownPlugins(entries: [])

    private let entries: [Entry]

    private init(entries: [Entry]) { self.entries = entries }

    /// Reads the list; one that is missing or broken is empty.
    public init(path: String) { entries = Self.read(path) }

    /// Returns a hint at the plugin that would provide a distribution.
    func hint(distribution name: String) -> String? { hint { $0.distributions.contains(name) } }

    /// Returns a hint at the plugin that would provide a format.
    func hint(format name: String) -> String? { hint { $0.formats.contains(name) } }

    /// Returns a hint at the plugin that would bring a setting.
    func hint(setting name: String) -> String? { hint { $0.settings.contains(name) } }

    /// Returns a hint at the plugin that would bring the setting of an option.
    public func hint(option name: String) -> String? {
        hint { $0.settings.contains { SettingDefinition.optionName($0) == name } }
    }

    private func hint(_ provides: (Entry) -> Bool) -> String? {
        entries.first(where: provides).map { "Install the plugin \"\($0.name)\", which provides it" }
    }

    private static func read(_ path: String) -> [Entry] {
        guard let bytes = try? Files.read(path), let json = try? JSON.parse(bytes) else { return [] }
        return (json["plugins"]?.array ?? []).compactMap { plugin in
            guard let name = plugin["name"]?.string else { return nil }
            func names(_ member: String) -> [String] { plugin[member]?.array?.compactMap(\.string) ?? [] }
            return Entry(
                name: name,
                distributions: names("distributions"),
                formats: names("formats"),
                settings: names("settings")
            )
        }
    }
}

extension PluginFacts {
    /// The list that `KnownPlugins` reads, generated from these plugins.
    public var knownPluginsList: JSON {
        var plugins: [String: ByteDictionary<[String]>] = [:]
        for entry in distributions {
            let names = [entry.description.name] + (entry.description.aliases ?? [])
            plugins[entry.plugin, default: [:]]["distributions", default: []] += names
        }
        for entry in formats {
            let names = [entry.description.name] + (entry.description.aliases ?? [])
            plugins[entry.plugin, default: [:]]["formats", default: []] += names
        }
        for entry in settings { plugins[entry.plugin, default: [:]]["settings", default: []] += [entry.setting.name] }
        let list = plugins.sorted { $0.key < $1.key }.map { name, provides in
            var object = provides.mapValues { JSON.array($0.map(JSON.string)) }
            object["name"] = .string(name)
            return JSON.object(object)
        }
        return .object(["plugins": .array(list)])
    }
}
