public import Configuration
public import PluginHost
import PluginWire
public import Support

/// Asks a distribution's plugin for the newest value that `Snapshot=` could have.
public struct SnapshotQuery {
    private let image: ImageConfiguration
    private let catalogue: PluginCatalogue
    private let environment: BuildEnvironment
    private let variables: [String: String]

    /// - Parameters:
    ///   - image: Whose distribution, release, architecture and mirror count.
    ///   - catalogue: The installed plugins.
    ///   - environment: What the plugin's commands and downloads need.
    ///   - variables: Variables of the host that settings refer to.
    public init(
        image: ImageConfiguration,
        catalogue: PluginCatalogue,
        environment: BuildEnvironment,
        variables: [String: String]
    ) {
        self.image = image
        self.catalogue = catalogue
        self.environment = environment.with(toolsOf: image)
        self.variables = variables
    }

    public func run() throws(Failure) -> String {
        try Workspace.with(for: image, environment, variables) { workspace throws(Failure) in
            try ask(in: workspace)
        }
    }

    private func ask(in workspace: borrowing Workspace) throws(Failure) -> String {
        guard let name = image[.distribution] else {
            throw Failure(.configuration, "No distribution is configured", hint: "Set Distribution=")
        }
        let sandbox = BuildSandbox(
            installation: environment.installation,
            tools: environment.tools,
            workspace: workspace.path,
            temporary: workspace.temporary,
            writable: [],
            readable: [],
            tree: nil,
            configuration: nil,
            variables: image.environment,
            networkAllowed: true
        )
        let packages = try PackageManagement(
            image: image,
            distribution: catalogue.distribution(named: name),
            environment: environment,
            sandbox: sandbox,
            workspacePath: workspace.path,
            cache: image.packageCacheDirectory(environment: variables)
        )
        defer { packages.shutdown() }
        return try packages.latestSnapshot()
    }
}
