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

    /// The file that is started or loaded.
    public var file: String {
        Paths.join(directory, manifest.start.executable?.first ?? manifest.start.library ?? "")
    }

    /// How errors call the plugin.
    var title: String { "Plugin \(name) (\(file))" }
}
