import ByteKeys
import Configuration
import Display
import JSON
import PluginWire
import Support
import System

/// The sandbox and the directories of one image's workspace, as its scripts find them.
struct ScriptWorkspace {
    let image: ImageConfiguration
    let environment: BuildEnvironment
    let options: BuildOptions

    init(image: ImageConfiguration, environment: BuildEnvironment, options: BuildOptions) {
        self.image = image
        self.environment = environment
        self.options = options
    }

    init(image: ImageConfiguration, environment: BuildEnvironment, variables: [String: String]) {
        self.init(image: image, environment: environment, options: BuildOptions(variables: variables))
    }

    /// Allows clean scripts to remove unknown files in the output directory.
    func clean(in workspace: borrowing Workspace) throws(Failure) {
        if image[.cleanScripts].isEmpty { return }
        if let foreign = ForeignDirectory(ofOutputs: image, options.variables), !foreign.isMade {
            return environment.display.log(
                .warning,
                "Not running clean scripts in \(printable(image.outputDirectory)): it has files of the user or the system, "
                    + "and there is no record that mkosi made it\n  hint: "
                    + ForeignDirectory.option(settingName(.outputDirectory), image.outputDirectory)
                    + " runs them there"
            )
        }
        var scripts = try runner(workspace, sandbox(workspace, readable: []), hasBuildDirectory: false)
        scripts.directories.output = image.outputDirectory
        try ScriptHelpers(directory: scripts.directories.helpers, commands: []).write()
        guard Files.isDirectory(scripts.directories.output) else { return }
        try scripts.run(.clean)
    }

    /// A sandbox without a tree.
    func sandbox(_ workspace: borrowing Workspace, readable: [String]) -> BuildSandbox {
        var sandbox = BuildSandbox(
            installation: environment.installation,
            tools: environment.tools,
            workspace: workspace.scratch,
            temporary: workspace.temporary,
            writable: [],
            readable: readable,
            tree: nil,
            configuration: nil,
            variables: commandVariables,
            networkAllowed: false
        )
        sandbox.named.project = image.directory
        sandbox.namedVariables = image.environment
        sandbox.packageTemporary = workspace.packageTemporary
        return sandbox
    }

    /// Makes the directories that scripts see.
    ///
    /// - Parameters:
    ///   - workspace: Where they are.
    ///   - sandbox: What all scripts find.
    ///   - hasBuildDirectory: False if no script that gets the directory of `BuildDirectory=` will run.
    ///   - isReadOnly: True for a plan: the build directory is checked, but neither made nor recorded.
    /// - Returns: what runs scripts in these directories.
    /// - Throws: a failure if a directory cannot be made, or must not be given to scripts.
    func runner(
        _ workspace: borrowing Workspace,
        _ sandbox: BuildSandbox,
        hasBuildDirectory: Bool = true,
        isReadOnly: Bool = false
    ) throws(Failure) -> ScriptRunner {
        let build = hasBuildDirectory && image.usesBuildDirectory ? image.buildDirectory : nil
        if build != nil {
            if isReadOnly {
                try ForeignDirectory.checkBuild(image, options.variables)
            } else {
                try ForeignDirectory.prepareBuild(image, options.variables)
            }
        }
        let path = workspace.path
        let directories = ScriptRunner.Directories(
            helpers: "\(path)/helpers",
            destination: "\(path)/destination",
            output: workspace.staging,
            packages: "\(path)/packages",
            artifacts: "\(path)/artifacts",
            configuration: "\(path)/config.json",
            build: build,
            locks: image.lockDirectory(environment: options.variables)
        )
        do {
            for directory in [directories.destination, directories.packages, directories.artifacts] {
                try Files.makeDirectories(directory)
            }
            if let build, !isReadOnly { try Files.makeDirectories(build) }
            // Passwords and the variables of Environment= are among it.
            try Files.write(try JSONText.encodePretty(image.jsonForScripts), to: directories.configuration, mode: 0o600)
        } catch {
            throw Failure(.system, "Cannot create the workspace of scripts", cause: error)
        }
        return ScriptRunner(
            settings: SettingsView(ScriptSettings(), of: image),
            runner: SandboxRunner(sandbox: sandbox, environment: environment),
            environment: ScriptEnvironment(
                settings: SettingsView(ScriptVariableSettings(), of: image),
                variables: image.environment,
                localArchitecture: image.localArchitecture,
                isDebug: environment.display.isDebug,
                hasBuildDirectory: directories.build != nil,
                isCached: options.force < 2 && LayerStoreLocation.hasLayers(of: image, variables: options.variables)
            ),
            sources: ScriptSources(
                settings: SettingsView(ScriptSourceSettings(), of: image),
                directories: LayerDirectories(directory: workspace.layers),
                outputDirectory: image.outputDirectory,
                buildDirectory: build,
                named: NamedPlaces(project: image.directory),
                sensitive: SensitivePlaces(
                    project: ForeignDirectory.resolved(image.directory),
                    variables: options.variables
                )
            ),
            directories: directories,
            arguments: options.arguments,
            hostVariables: options.variables
        )
    }

    /// The environment of every command in the sandbox.
    private var commandVariables: ByteDictionary<String> {
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

extension ImageConfiguration {
    /// A Boolean value indicating whether the image has scripts that get the directory of `BuildDirectory=`.
    var usesBuildDirectory: Bool {
        ScriptVariable.BUILDDIR.kinds.contains { !self[$0.setting].isEmpty }
    }
}
