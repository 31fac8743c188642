public import PluginWire
import Support
import System

/// The descriptions of the installed plugins: the only source of distributions and formats.
public struct PluginFacts: Sendable {
    public var distributions: [DistributionEntry] = []
    public var formats: [FormatEntry] = []
    public var settings: [SettingEntry] = []
    public var bootloaders: [BootloaderEntry] = []
    private var includes: [String: [String]] = [:]
    /// The plugins that need not be installed, for hints.
    public var known = KnownPlugins.none

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

    /// A boot loader, and the plugin that provides it.
    public struct BootloaderEntry: Sendable {
        public var plugin: String
        public var description: ABI.V1.BootloaderDescription
    }

    /// A setting that a plugin adds.
    public struct SettingEntry: Sendable {
        public var plugin: String
        public var setting: Manifest.Setting
    }

    /// A plugin's manifest, and its directory.
    public struct Plugin: Sendable {
        public var manifest: Manifest
        /// Absolute; nil for a manifest without a directory, whose files cannot be read.
        public var directory: String?

        public init(manifest: Manifest, directory: String?) {
            self.manifest = manifest
            self.directory = directory
        }
    }

    /// The facts of manifests without a directory.
    public init(manifests: [Manifest]) {
        self.init(plugins: manifests.map { Plugin(manifest: $0, directory: nil) })
    }

    /// The facts of these plugins; if two provide the same name, the first is used.
    public init(plugins: [Plugin]) {
        var seen: Set<String> = []
        for manifest in plugins.map(\.manifest) {
            for description in manifest.provides.distributions ?? []
            where seen.insert("distribution \(description.name)").inserted {
                distributions.append(DistributionEntry(plugin: manifest.name, description: description))
            }
            for description in manifest.provides.formats ?? []
            where seen.insert("format \(description.name)").inserted {
                formats.append(FormatEntry(plugin: manifest.name, description: description))
            }
            for description in manifest.provides.bootloaders ?? []
            where seen.insert("boot loader \(description.name)").inserted {
                bootloaders.append(BootloaderEntry(plugin: manifest.name, description: description))
            }
            for setting in manifest.settings ?? [] where seen.insert("setting \(setting.name)").inserted {
                settings.append(SettingEntry(plugin: manifest.name, setting: setting))
            }
        }
        // Configuration of formats applies to every distribution, so it comes first.
        let ordered =
            plugins.filter { $0.manifest.provides.distributions == nil }
            + plugins.filter { $0.manifest.provides.distributions != nil }
        for plugin in ordered {
            guard let directory = plugin.directory else { continue }
            for include in plugin.manifest.provides.includes ?? [] {
                includes[include.name, default: []].append(Paths.join(directory, include.path))
            }
        }
    }

    /// The absolute paths of all configuration that plugins bring under a name of `Include=`, in the order of reading.
    public func includes(named name: String) -> [String] { includes[name] ?? [] }

    /// The names under which plugins bring configuration.
    public var includeNames: [String] { includes.keys.sorted() }

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

    /// The boot loaders that this firmware starts, in the order of plugins.
    func bootloaderNames(for firmware: String) -> [String] {
        bootloaders.map(\.description).filter { $0.firmware.contains(firmware) }.map(\.name)
    }

    /// The boot loader for this firmware that wants it most; nil if there is none.
    func preferredBootloader(for firmware: String) -> String? {
        var best: ABI.V1.BootloaderDescription?
        for entry in bootloaders where entry.description.firmware.contains(firmware) {
            if entry.description.preference ?? 0 > best?.preference ?? Int.min { best = entry.description }
        }
        return best?.name
    }

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

    /// The default format: the first of those with the highest preference.
    var standardFormat: ABI.V1.FormatDescription? {
        var best: ABI.V1.FormatDescription?
        for entry in formats where entry.description.preference ?? 0 > best?.preference ?? Int.min {
            best = entry.description
        }
        return best
    }
}
