public import PluginWire

/// What the installed plugins say of themselves: the only source of distributions and formats.
public struct PluginFacts: Sendable {
    public var distributions: [DistributionEntry] = []
    public var formats: [FormatEntry] = []
    public var settings: [SettingEntry] = []

    /// A distribution, and the plugin that provides it.
    public struct DistributionEntry: Sendable {
        public var plugin: String
        public var description: ABI.V1.DistributionDescription
    }

    /// A format, and the plugin that provides it.
    public struct FormatEntry: Sendable {
        public var plugin: String
        public var description: ABI.V1.FormatDescription
    }

    /// A setting that a plugin adds.
    public struct SettingEntry: Sendable {
        public var plugin: String
        public var setting: Manifest.Setting
    }

    /// The catalogue of these manifests; where two provide the same name, the first counts.
    public init(manifests: [Manifest]) {
        var seen: Set<String> = []
        for manifest in manifests {
            for description in manifest.provides.distributions ?? []
            where seen.insert("distribution \(description.name)").inserted {
                distributions.append(DistributionEntry(plugin: manifest.name, description: description))
            }
            for description in manifest.provides.formats ?? []
            where seen.insert("format \(description.name)").inserted {
                formats.append(FormatEntry(plugin: manifest.name, description: description))
            }
            for setting in manifest.settings ?? [] where seen.insert("setting \(setting.name)").inserted {
                settings.append(SettingEntry(plugin: manifest.name, setting: setting))
            }
        }
    }

    /// The distribution of this name or alias.
    public func distribution(_ name: String) -> ABI.V1.DistributionDescription? {
        distributions.first { $0.description.name == name }?.description
            ?? distributions.first { $0.description.aliases?.contains(name) == true }?.description
    }

    /// The format of this name or alias.
    public func format(_ name: String) -> ABI.V1.FormatDescription? {
        formats.first { $0.description.name == name }?.description
            ?? formats.first { $0.description.aliases?.contains(name) == true }?.description
    }

    public var distributionNames: [String] { distributions.map(\.description.name).sorted() }
    public var formatNames: [String] { formats.map(\.description.name).sorted() }

    /// The distribution that a system with this os-release(5) is, by its own identity and then by those it is like.
    func distribution(of osRelease: OSRelease) -> ABI.V1.DistributionDescription? {
        for identity in [osRelease.id] + osRelease.idLike where !identity.isEmpty {
            for entry in distributions where entry.description.osRelease?.contains(identity) == true {
                return entry.description
            }
            if identity == osRelease.id, let found = distribution(identity), found.osRelease == nil { return found }
        }
        return nil
    }

    /// The format that is made when none is asked for: the first of those that want it most.
    var standardFormat: ABI.V1.FormatDescription? {
        var best: ABI.V1.FormatDescription?
        for entry in formats where entry.description.preference ?? 0 > best?.preference ?? Int.min {
            best = entry.description
        }
        return best
    }
}
