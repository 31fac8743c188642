import Configuration
import PluginWire
import Support

/// Images made from settings alone, on a host that is made up, without a file of configuration.
enum Images {
    static func image(_ settings: [(String, String)] = [], directory: String = "/project") throws -> ImageConfiguration
    {
        let catalogue = PluginFacts(manifests: [])
        let registry = Registry(catalogue: catalogue)
        let host = HostFacts(
            osRelease: OSRelease(id: "acme", version: "7"),
            architecture: "x86-64",
            environment: [:],
            currentDirectory: directory,
            randomUUID: "11111111-2222-4333-8444-555555555555",
            readOutput: { _ in "" },
            systemdVersion: { nil }
        )
        let options = settings.map { name, text in
            ConfigurationRequest.OptionValue(
                option: registry.setting(named: name)?.option ?? name,
                setting: name,
                text: text
            )
        }
        let loaded = try ConfigurationRequest(directory: nil, options: options)
            .load(registry: registry, catalogue: catalogue, host: host)
        guard let image = loaded.images.last else { throw Failure(.configuration, "There is no image") }
        return image
    }
}
