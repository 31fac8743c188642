import Configuration
import Glibc
import PluginHost
import Support
import System

/// The made-up machine and the plugins that all inputs are read with.
enum Machine {
    /// An empty directory that holds one project at a time; the script makes it in memory.
    static let directory = getenv("FUZZ_DIRECTORY").map { String(cString: $0) } ?? "/project"

    static let plugins: PluginCatalogue = {
        let path = getenv("FUZZ_PLUGINS").map { String(cString: $0) } ?? "/plugins"
        let catalogue = PluginCatalogue(PluginSearchPath(directories: [path, Paths.join(path, "formats")]))
        if catalogue.plugins.isEmpty { broken("there are plugins", path) }
        return catalogue
    }()

    static let facts = PluginFacts(manifests: plugins.plugins.map(\.manifest))
    static let registry = Registry(catalogue: facts)

    /// Programs are never run: what they would print is what stands in them.
    static func host(environment: [String: String] = [:]) -> HostFacts {
        HostFacts(
            osRelease: OSRelease(id: "acme", version: "7", codename: "anvil"),
            architecture: "x86-64",
            environment: ["HOME": "/home/me", "GREETING": "hello world"].merging(environment) { $1 },
            currentDirectory: directory,
            randomUUID: "11111111-2222-4333-8444-555555555555",
            readOutput: { try Files.readText($0) },
            systemdVersion: { "257.3" }
        )
    }
}
