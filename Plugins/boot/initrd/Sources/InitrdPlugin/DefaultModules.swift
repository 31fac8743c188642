import BootKit
import InitrdKit
import PluginWire
import System

/// The patterns of kernel modules that the default initrd has, as its built-in configuration lists them.
enum DefaultModules {
    private static let file = "resources/mkosi-initrd/mkosi.conf.d/20-modules.conf"

    /// Reads them in the plugin's directory.
    static func patterns(in directory: String) throws -> [String] {
        let text: String
        do throws(SystemCallError) {
            text = try Files.readText("\(directory)/\(file)")
        } catch {
            throw ErrorObject(code: .notFound, message: "cannot read the list of kernel modules: \(error)")
        }
        return ModulePatternList.patterns(ofConfiguration: text)
    }
}
