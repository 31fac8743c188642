public import Configuration
import Display
import Execution
import FoundationEssentials
public import PluginHost
import PluginWire
import Sandbox
public import Support
import TreeEditor

/// Builds one image: resolve, fetch, install, customise, assemble, and move the outputs to their place.
public struct ImageBuild {
    private let image: ImageConfiguration
    private let catalogue: PluginCatalogue
    private let environment: BuildEnvironment
    private let options: Options

    /// What the command line says beside the configuration.
    public struct Options: Sendable {
        /// How often `--force` was given.
        public var force = 0
        /// Whether the workspace stays for a look at it.
        public var keepWorkspace = false
        /// `ID` of the host's os-release(5), for the names of packages that are missing.
        public var hostIdentity = ""
        /// Variables of the host that settings refer to.
        public var variables: [String: String]

        public init(variables: [String: String]) {
            self.variables = variables
        }
    }

    public init(
        image: ImageConfiguration,
        catalogue: PluginCatalogue,
        environment: BuildEnvironment,
        options: Options
    ) {
        self.image = image
        self.catalogue = catalogue
        self.environment = environment
        self.options = options
    }

    /// Refuses what cannot be built, before anything takes time; trees of other images need not exist yet.
    public func check() throws(Failure) {
        let format = try format()
        try PluginCode.check(image, catalogue)
        try RequiredTools.check(
            format.description.tools ?? [],
            of: format.plugin.name,
            host: options.hostIdentity
        )
        if let name = image[.distribution] {
            let distribution = try catalogue.distribution(named: name)
            try RequiredTools.check(
                distribution.description.tools ?? [],
                of: distribution.plugin.name,
                host: options.hostIdentity
            )
        }
        try UnsupportedSettings.check(image)
        try OutputPlacement(image: image).prepare(force: options.force > 0)
    }

    private func format() throws(Failure) -> PluginCatalogue.Format {
        guard let name = image[.format] else {
            throw Failure(.configuration, "No output format is configured", hint: "Set Format=")
        }
        return try catalogue.format(named: name)
    }

    /// Runs the build and returns the paths of its outputs.
    public func run() throws(Failure) -> [String] {
        try check()
        try TreeCopies.check(image)
        let format = try format()
        let placement = OutputPlacement(image: image)
        let cache = image.packageCacheDirectory(environment: options.variables)
        // Not in the configured cache: two builds with two caches have the same output, too.
        let locks = image.lockDirectory(environment: options.variables)
        let lock = try BuildLock.take(output: placement.mainOutput, in: locks)
        defer { lock.keepUntilHere() }

        var workspace = try Workspace.make(
            in: image.workspaceDirectory(environment: options.variables),
            companions: [placement.near],
            installation: environment.installation,
            keep: options.keepWorkspace
        )
        if options.keepWorkspace { environment.display.log(.info, "The workspace is \(workspace.path)") }
        do throws(Failure) {
            let outputs = try build(in: workspace, format: format, cache: cache, placement: placement)
            environment.timing.measure("clean") { workspace.remove() }
            return outputs
        } catch {
            // While everything is still there: afterwards nothing is full any more.
            let explained = FullDisk.explain(
                error,
                folders: [
                    ("WorkspaceDirectory", workspace.path), ("PackageCacheDirectory", cache),
                    ("OutputDirectory", placement.directory),
                ]
            )
            workspace.remove()
            throw explained
        }
    }

    private func build(
        in workspace: borrowing Workspace,
        format: PluginCatalogue.Format,
        cache: String,
        placement: OutputPlacement
    ) throws(Failure) -> [String] {
        try tellWhatIsLost()
        let launcher = PluginLauncher(installation: environment.installation, version: Version.product)
        var sandbox = BuildSandbox(
            installation: environment.installation,
            workspace: workspace.path,
            temporary: workspace.temporary,
            writable: [],
            readable: [format.plugin.directory],
            configuration: nil,
            variables: commandVariables,
            networkAllowed: false
        )
        let needsTree = format.description.needsTree != false
        let fetcher = Fetcher(environment: environment, configuration: image)
        var tree = TreeBuild.Result()
        if needsTree {
            let step = try TreeBuild(
                image: image,
                catalogue: catalogue,
                environment: environment,
                launcher: launcher,
                fetcher: fetcher,
                sandbox: sandbox,
                workspacePath: workspace.path,
                cache: cache
            )
            tree = try step.run()
            sandbox.readable += step.readable
        }
        let assembly = Assembly(
            image: image,
            format: format,
            environment: environment,
            launcher: launcher,
            fetcher: fetcher,
            sandbox: sandbox,
            root: needsTree ? workspace.root : nil,
            staging: workspace.staging,
            workspacePath: workspace.path,
            sourceDateEpoch: image[.sourceDateEpoch] ?? tree.timestamp
        )
        var outputs = try assembly.run()
        outputs += try ManifestFile.write(tree.installed, for: image, to: workspace.staging)
        if image[.checksum] { outputs += try Checksums.write(for: outputs, image: image, in: workspace.staging) }
        try environment.cancellation.check()
        return try environment.timing.measure("place") { () throws(Failure) in
            let runner = SandboxRunner(sandbox: sandbox, environment: environment)
            return try placement.place(outputs, from: workspace.staging, runner: runner)
        }
    }

    /// Says in one line what a build without a range of ids cannot keep.
    private func tellWhatIsLost() throws(Failure) {
        let probe = Command(environment.installation.sandbox, ["--become-root", "--probe"])
        var captured = probe
        captured.captureLimit = 64
        let result = try captured.runChecked(cancellation: environment.cancellation)
        let mode = String(decoding: result.output, as: UTF8.self).filter { !$0.isNewline }
        if mode == "single" {
            environment.display.log(
                .warning,
                """
                All files of the image will belong to root, for this user has no range of subordinate ids \
                in /etc/subuid and /etc/subgid
                """
            )
        }
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
        return variables
    }
}
