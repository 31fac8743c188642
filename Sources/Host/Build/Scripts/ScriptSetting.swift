import Configuration
import Display
import FoundationEssentials
import PluginWire
import Support

/// The sandbox and the folders of one image's workspace, as its scripts find them.
struct ScriptSetting {
    let image: ImageConfiguration
    let environment: BuildEnvironment
    let options: ImageBuild.Options

    init(image: ImageConfiguration, environment: BuildEnvironment, options: ImageBuild.Options) {
        self.image = image
        self.environment = environment
        self.options = options
    }

    init(image: ImageConfiguration, environment: BuildEnvironment, variables: [String: String]) {
        self.init(image: image, environment: environment, options: ImageBuild.Options(variables: variables))
    }

    /// Lets clean scripts remove what mkosi does not know of, in the folder of the outputs.
    func clean(in workspace: borrowing Workspace) throws(Failure) {
        if image[.cleanScripts].isEmpty { return }
        var scripts = try runner(workspace, sandbox(workspace, readable: []))
        scripts.folders.output = image.outputDirectory
        try ScriptHelpers(directory: scripts.folders.helpers, commands: []).write()
        guard Files.isDirectory(scripts.folders.output) else { return }
        try scripts.run(.clean)
    }

    /// A sandbox without a tree.
    func sandbox(_ workspace: borrowing Workspace, readable: [String]) -> BuildSandbox {
        BuildSandbox(
            installation: environment.installation,
            workspace: workspace.path,
            temporary: workspace.temporary,
            writable: [],
            readable: readable,
            tree: nil,
            configuration: nil,
            variables: commandVariables,
            networkAllowed: false
        )
    }

    /// Makes the folders that scripts see.
    func runner(_ workspace: borrowing Workspace, _ sandbox: BuildSandbox) throws(Failure) -> ScriptRunner {
        let path = workspace.path
        let folders = ScriptRunner.Folders(
            helpers: "\(path)/helpers",
            destination: "\(path)/destination",
            output: workspace.staging,
            packages: "\(path)/packages",
            artifacts: "\(path)/artifacts",
            configuration: "\(path)/config.json",
            build: image.buildDirectory
        )
        do {
            for folder in [folders.destination, folders.packages, folders.artifacts, folders.build ?? path] {
                try Files.makeDirectories(folder)
            }
            // Passwords and the variables of Environment= are among it.
            try Files.write(try JSONText.encodePretty(image.jsonForScripts), to: folders.configuration, mode: 0o600)
        } catch {
            throw Failure(.system, "Cannot make what scripts work with", cause: error)
        }
        return ScriptRunner(
            image: image,
            runner: SandboxRunner(sandbox: sandbox, environment: environment),
            environment: ScriptEnvironment(
                image: image,
                isDebug: environment.display.isDebug,
                hasBuildDirectory: folders.build != nil,
                isCached: options.force < 2 && KeptLayers.hasLayers(of: image, variables: options.variables)
            ),
            sources: ScriptSources(
                image: image,
                folders: LayerFolders(directory: workspace.layers),
                buildDirectory: image.buildDirectory
            ),
            folders: folders,
            arguments: options.arguments,
            hostVariables: options.variables
        )
    }

    /// What every command in the sandbox finds in its environment.
    private var commandVariables: [String: String] {
        var variables = image.environment
        if let epoch = image[.sourceDateEpoch] { variables["SOURCE_DATE_EPOCH"] = String(epoch) }
        if let proxy = image[.proxyURL] {
            for name in ["http_proxy", "https_proxy"] { variables[name] = proxy }
            let excluded = image[.proxyExclude]
            if !excluded.isEmpty { variables["no_proxy"] = excluded.joined(separator: ",") }
        } else {
            for name in ["http_proxy", "https_proxy", "no_proxy"] {
                if let value = options.variables[name] { variables[name] = value }
            }
        }
        for (name, value) in environment.conditions.variation?.variables ?? [:] { variables[name] = value }
        return variables
    }
}
