public import PluginWire
import Support

/// A plugin that was found: its folder and its valid manifest.
public struct InstalledPlugin: Sendable, Equatable {
    /// The folder that holds `plugin.json`, absolute.
    public var directory: String
    public var manifest: Manifest

    public init(directory: String, manifest: Manifest) {
        self.directory = directory
        self.manifest = manifest
    }

    public var name: String { manifest.name }

    /// Whether there is anything to start; without it a plugin only says what it provides.
    public var hasCode: Bool { manifest.start != nil }

    /// Whether it provides something that cannot be built without code, and has none.
    ///
    /// A tree of one's own and pieces of configuration need none.
    public var lacksCode: Bool {
        let provides = manifest.provides
        return !hasCode && (provides.formats != nil || provides.distributions?.contains { $0.custom != true } == true)
    }

    /// The file that is started or loaded; the folder, where there is no code yet.
    public var file: String {
        guard let start = manifest.start else { return directory }
        return Paths.join(directory, start.executable?.first ?? start.library ?? "")
    }

    /// How errors call the plugin.
    var title: String { "Plugin \(name) (\(file))" }
}
