import PluginHost
import PluginWire

/// The part of steps' keys that belongs to a package manager.
struct PackageManagerInputs: Sendable {
    var distribution: PluginCatalogue.Distribution
    /// Its configuration, as the plugin wants it.
    var configuration: [ABI.V1.File]
    /// The path that is another one in each build, and left out of keys.
    var workspacePath: String
}
