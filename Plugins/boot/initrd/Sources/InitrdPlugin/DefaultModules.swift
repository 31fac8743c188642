import InitrdKit
import PluginKit
import PluginWire
import System

/// The patterns of kernel modules that the default initrd has, as its built-in configuration lists them.
enum DefaultModules {
    /// Reads them in the file that the manifest in the plugin's directory names.
    static func patterns(in directory: String) throws -> [String] {
        let artifacts = try PluginManifest.read(in: directory).provides.artifacts ?? []
        guard let file = artifacts.lazy.compactMap(\.moduleList).first else {
            throw ErrorObject(code: .notFound, message: "the manifest names no list of kernel modules")
        }
        let text: String
        do throws(SystemCallError) {
            text = try Files.readText("\(directory)/\(file)")
        } catch {
            throw ErrorObject(code: .notFound, message: "cannot read the list of kernel modules: \(error)")
        }
        return ModulePatternList.patterns(ofConfiguration: text)
    }
}
