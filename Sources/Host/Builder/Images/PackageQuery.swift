public import Configuration
public import PluginHost
import PluginWire
public import Support

/// Asks the distribution of an image about packages, without building anything.
public struct PackageQuery {
    let image: ImageConfiguration
    let catalogue: PluginCatalogue
    let environment: BuildEnvironment
    let variables: [String: String]

    /// - Parameters:
    ///   - image: Whose packages are wanted.
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

    /// The newest value that `Snapshot=` could have.
    public func latestSnapshot() throws(Failure) -> String {
        let name = try catalogue.distribution(of: image).description
        if name.custom == true { throw CustomDistribution.noSnapshots(name.name) }
        return try askForSnapshot()
    }

    private func askForSnapshot() throws(Failure) -> String {
        try Workspace.with(for: image, environment, variables) { workspace throws(Failure) in
            let scripting = ScriptWorkspace(image: image, environment: environment, variables: variables)
            var sandbox = scripting.sandbox(workspace, readable: [])
            sandbox.networkAllowed = true
            let packages = try packageManagement(catalogue.distribution(of: image), sandbox, workspace)
            defer { packages.shutdown() }
            return try packages.latestSnapshot()
        }
    }

    /// Begins a conversation with the plugin, which the caller shuts down.
    func packageManagement(
        _ distribution: PluginCatalogue.Distribution,
        _ sandbox: BuildSandbox,
        _ workspace: borrowing Workspace
    ) throws(Failure) -> PackageManagement {
        try PackageManagement(
            image: PackageImage(image, distribution.description, environment.pins),
            distribution: distribution,
            environment: environment,
            sandbox: sandbox,
            workspacePath: workspace.path,
            cache: image.packageCacheDirectory(environment: variables)
        )
    }
}

extension PluginCatalogue {
    /// The distribution that an image is made of.
    func distribution(of image: ImageConfiguration) throws(Failure) -> Distribution {
        guard let name = image[.distribution] else {
            throw Failure(.configuration, "No distribution is configured", hint: "Set Distribution=")
        }
        return try distribution(named: name)
    }
}
