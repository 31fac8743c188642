public import PluginWire
public import Support
import System

/// All plugins on a search path, by what they provide; made from manifests alone.
public struct PluginCatalogue: Sendable {
    /// In the order of the search path, and in a directory by name.
    public private(set) var plugins: [InstalledPlugin] = []
    /// Plugins that another one of the same name earlier on the path hides.
    public private(set) var shadowed: [Shadowed] = []
    /// The reasons why directories on the path were ignored, each a sentence about one manifest or owner.
    public private(set) var problems: [Failure] = []
    /// The directories in which plugins were looked for.
    public let searchPath: PluginSearchPath

    private var distributions: [String: Entry] = [:]
    private var formats: [String: Entry] = [:]
    private var artifacts: [String: Entry] = [:]
    private var bootloaders: [String: Entry] = [:]

    /// A plugin that is not used, and the one that is used in its place.
    public struct Shadowed: Sendable, Equatable {
        public var plugin: InstalledPlugin
        public var by: InstalledPlugin
    }

    private struct Entry: Sendable {
        var plugin: Int
        var index: Int
    }

    /// A distribution and the plugin that provides it.
    public struct Distribution: Sendable {
        public var plugin: InstalledPlugin
        public var description: ABI.V1.DistributionDescription
    }

    /// An output format and the plugin that provides it.
    public struct Format: Sendable {
        public var plugin: InstalledPlugin
        public var description: ABI.V1.FormatDescription
    }

    /// A kind of artifact and the plugin that makes it.
    public struct Artifact: Sendable {
        public var plugin: InstalledPlugin
        public var description: ABI.V1.ArtifactDescription
    }

    /// A boot loader and the plugin that provides it.
    public struct Bootloader: Sendable {
        public var plugin: InstalledPlugin
        public var description: ABI.V1.BootloaderDescription
    }

    /// Reads the manifests of all directories on a search path.
    ///
    /// A broken manifest is a problem of its plugin, not of the program: it is recorded and ignored. So is what belongs
    /// to another user in the directory of the caller's own plugins.
    ///
    /// - Parameters:
    ///   - searchPath: Where plugins are looked for.
    ///   - rules: What manifests may name of the host.
    public init(_ searchPath: PluginSearchPath, rules: ManifestRules = ManifestRules()) {
        self.searchPath = searchPath
        var byName: [String: Int] = [:]
        for parent in searchPath.directories {
            let personal = searchPath.personal(at: parent)
            do throws(Failure) {
                try personal?.check()
            } catch {
                problems.append(error)
                continue
            }
            for directory in Self.directories(in: parent) {
                do throws(Failure) {
                    let manifest = Paths.join(directory, ManifestReader.fileName)
                    try personal?.checkPlugin(in: directory, [manifest])
                    let plugin = InstalledPlugin(
                        directory: directory,
                        manifest: try ManifestReader.read(in: directory, rules: rules)
                    )
                    try personal?.checkPlugin(in: directory, [plugin.file])
                    if let first = byName[plugin.name] {
                        shadowed.append(Shadowed(plugin: plugin, by: plugins[first]))
                    } else {
                        byName[plugin.name] = plugins.count
                        add(plugin)
                    }
                } catch {
                    problems.append(error)
                }
            }
        }
        for index in plugins.indices { plugins[index] = resolved(plugins[index]) }
    }

    /// The plugin with the code of the installed plugin that its manifest names in `start.plugin`.
    func resolved(_ plugin: InstalledPlugin) -> InstalledPlugin {
        guard let name = plugin.manifest.start?.plugin,
            let other = plugins.first(where: { $0.name == name }), let start = other.manifest.start,
            start.plugin == nil
        else { return plugin }
        var plugin = plugin
        plugin.origin = InstalledPlugin.Origin(
            name: other.name,
            version: other.manifest.version,
            directory: other.directory,
            start: start
        )
        return plugin
    }

    /// The directories in a directory of the path that hold a manifest, or the directory itself if it holds one.
    private static func directories(in directory: String) -> [String] {
        if Files.exists(Paths.join(directory, ManifestReader.fileName)) { return [directory] }
        let names = (try? Files.list(directory)) ?? []
        return names.filter { !$0.hasPrefix(".") }.map { Paths.join(directory, $0) }
            .filter { Files.exists(Paths.join($0, ManifestReader.fileName)) }
    }

    private mutating func add(_ plugin: InstalledPlugin) {
        let position = plugins.count
        plugins.append(plugin)
        func enter(_ names: [String], _ index: Int, into table: inout [String: Entry]) {
            for name in names where table[name] == nil { table[name] = Entry(plugin: position, index: index) }
        }
        for (index, item) in (plugin.manifest.provides.distributions ?? []).enumerated() {
            enter([item.name] + (item.aliases ?? []), index, into: &distributions)
        }
        for (index, item) in (plugin.manifest.provides.formats ?? []).enumerated() {
            enter([item.name] + (item.aliases ?? []), index, into: &formats)
        }
        for (index, item) in (plugin.manifest.provides.artifacts ?? []).enumerated() {
            enter([item.kind], index, into: &artifacts)
        }
        for (index, item) in (plugin.manifest.provides.bootloaders ?? []).enumerated() {
            enter([item.name], index, into: &bootloaders)
        }
    }

    // MARK: - Looking things up

    /// The distribution with this name or alias.
    public func distribution(named name: String) throws(Failure) -> Distribution {
        if let distribution = lookUpDistribution(name) { return distribution }
        throw missing("distribution", name, known: distributionNames)
    }

    /// The output format with this name or alias.
    public func format(named name: String) throws(Failure) -> Format {
        if let format = lookUpFormat(name) { return format }
        throw missing("output format", name, known: formatNames)
    }

    /// The maker of this kind of artifact; nil where no installed plugin makes it.
    public func artifact(_ kind: String) -> Artifact? {
        guard let entry = artifacts[kind] else { return nil }
        let plugin = plugins[entry.plugin]
        return plugin.manifest.provides.artifacts.map { Artifact(plugin: plugin, description: $0[entry.index]) }
    }

    /// Returns the artifacts that one plugin makes.
    public func artifacts(of plugin: InstalledPlugin) -> [Artifact] {
        (plugin.manifest.provides.artifacts ?? []).map { Artifact(plugin: plugin, description: $0) }
    }

    /// The kinds of artifacts that installed plugins make, sorted.
    public var artifactKinds: [String] { artifacts.keys.sorted() }

    /// The file with the kernel modules that `default` means in lists of modules; nil if no installed plugin has one.
    public var moduleList: String? {
        for plugin in plugins {
            for (index, artifact) in (plugin.manifest.provides.artifacts ?? []).enumerated() {
                guard let list = artifact.moduleList, let entry = artifacts[artifact.kind],
                    plugins[entry.plugin].name == plugin.name, entry.index == index
                else { continue }
                return Paths.join(plugin.directory, list)
            }
        }
        return nil
    }

    /// The boot loader with this name.
    public func bootloader(named name: String) throws(Failure) -> Bootloader {
        if let entry = bootloaders[name], let found = plugins[entry.plugin].manifest.provides.bootloaders {
            return Bootloader(plugin: plugins[entry.plugin], description: found[entry.index])
        }
        throw missing("boot loader", name, known: bootloaders.keys.sorted())
    }

    public func plugin(named name: String) throws(Failure) -> InstalledPlugin {
        if let plugin = plugins.first(where: { $0.name == name }) { return plugin }
        throw missing("plugin", name, known: plugins.map(\.name))
    }

    /// The distribution that an `ID` of os-release(5) means.
    public func distribution(osRelease id: String) -> Distribution? {
        for plugin in plugins {
            for description in plugin.manifest.provides.distributions ?? []
            where description.osRelease?.contains(id) == true {
                return Distribution(plugin: plugin, description: description)
            }
        }
        return nil
    }

    /// The packages that have programs, as the distribution names them that an `ID` of os-release(5) means.
    public func programPackages(osRelease id: String) -> ProgramPackages {
        distribution(osRelease: id)?.description.programPackages ?? ProgramPackages()
    }

    /// All names without aliases, sorted.
    public var distributionNames: [String] {
        plugins.flatMap { $0.manifest.provides.distributions ?? [] }.map(\.name).uniqueSorted()
    }

    /// All names without aliases, sorted.
    public var formatNames: [String] {
        plugins.flatMap { $0.manifest.provides.formats ?? [] }.map(\.name).uniqueSorted()
    }

    /// The settings that plugins add, in the order of the search path.
    public var settings: [(plugin: InstalledPlugin, setting: Manifest.Setting)] {
        plugins.flatMap { plugin in (plugin.manifest.settings ?? []).map { (plugin, $0) } }
    }

    private func lookUpDistribution(_ name: String) -> Distribution? {
        guard let entry = distributions[name] else { return nil }
        let plugin = plugins[entry.plugin]
        return plugin.manifest.provides.distributions.map {
            Distribution(plugin: plugin, description: $0[entry.index])
        }
    }

    private func lookUpFormat(_ name: String) -> Format? {
        guard let entry = formats[name] else { return nil }
        let plugin = plugins[entry.plugin]
        return plugin.manifest.provides.formats.map { Format(plugin: plugin, description: $0[entry.index]) }
    }

    private func missing(_ kind: String, _ name: String, known: [String]) -> Failure {
        let hint =
            known.isEmpty
            ? "No plugins were found in \(searchPath.directories.joined(separator: ", "))"
            : "Available: \(known.joined(separator: ", "))"
        return Failure(
            .missing,
            "There is no \(kind) named \"\(name)\"",
            hint: hint,
            excerpt: problems.map(\.message)
        )
    }
}

extension [String] {
    fileprivate func uniqueSorted() -> [String] {
        Set(self).sorted()
    }
}
