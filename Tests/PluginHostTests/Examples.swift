import PluginHost
import PluginWire
import Support

/// The plugins under Examples, ready to be started.
enum Examples {
    static let launcher = PluginLauncher(
        bridge: Paths.join(Repository.products, "mkosi-plugin-bridge"),
        environment: ["PATH", "HOME", "LD_LIBRARY_PATH"].compactMap { name in
            Environment.variable(name).map { "\(name)=\($0)" }
        },
        host: ABI.V1.Program(name: "mkosi", version: "test"),
        limits: .standard
    )

    static func plugin(_ folder: String) throws -> InstalledPlugin {
        let directory = Paths.join(Repository.examples, folder)
        return InstalledPlugin(directory: directory, manifest: try ManifestReader.read(in: directory))
    }
}
