import JSON
public import PluginWire
import System

/// The plugin's own `plugin.json`, so that an author writes what it says only once.
public enum PluginManifest {
    /// Reads the manifest in a directory; that of the plugin is `Host.pluginDirectory`.
    public static func read(in directory: String) throws(ErrorObject) -> Manifest {
        let path = directory + "/plugin.json"
        do {
            return try JSONText.decode(Manifest.self, from: Files.read(path))
        } catch {
            throw ErrorObject(
                code: .internalError,
                message: "the plugin's manifest cannot be read: \(error)",
                subject: path
            )
        }
    }
}
