import PluginHost
import PluginWire

/// What the keys of steps contain of a package manager.
struct PackageManagerInputs: Sendable {
    var distribution: PluginCatalogue.Distribution
    /// Its configuration, as the plugin wants it.
    var configuration: [ABI.V1.File]
    /// What is not the same in another build, and left out of keys.
    var workspacePath: String
}
