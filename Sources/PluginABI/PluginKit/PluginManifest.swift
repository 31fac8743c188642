import JSON
import PluginWire
import System

/// The plugin's own `plugin.json`, so that an author writes what it says only once.
enum PluginManifest {
    static func read(in directory: String) throws(ErrorObject) -> Manifest {
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
