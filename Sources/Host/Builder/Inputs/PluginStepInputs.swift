import PluginHost
import PluginWire

/// The inputs of a step in which a plugin does the work: part of the step's key.
struct PluginStepInputs: Sendable {
    var plugin: InstalledPlugin
    var tools: [ABI.V1.Tool]?
    /// Names of the settings that the plugin gets and may ask for.
    var settings: [String]?
    /// Further inputs by names that people understand: kernels, digests of artifacts.
    var facts: [String: String] = [:]
}
