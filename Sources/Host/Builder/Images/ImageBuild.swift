public import Configuration
import Display
import Execution
public import PluginHost
import PluginWire
import Sandbox
import SigningClient
import SigningWire
public import Support
import System
import TreeWire

/// Builds one image: resolve, fetch, install, customise, assemble, and move the outputs to their place.
public struct ImageBuild {
    private let image: ImageConfiguration
    private let catalogue: PluginCatalogue
    private let environment: BuildEnvironment
    private let options: Options

    public typealias Options = BuildOptions

    public init(
        image: ImageConfiguration,
        catalogue: PluginCatalogue,
        environment: BuildEnvironment,
        options: Options
    ) {
        self.image = image
        self.catalogue = catalogue
        self.environment = environment.with(toolsOf: image)
        self.options = options
    }

    /// Refuses what cannot be built, before anything takes time; trees of other images need not exist yet.
    public func check() throws(Failure) {
        let format = try format()
        try PluginCode.check(image, catalogue)
        let parts = try BootParts(of: image, format, catalogue)
        // Before the tools: they may be those of a tree that cannot be built yet.
        try checkSettings(parts)
        let provider = catalogue.programPackages(osRelease: options.hostIdentity)
        if environment.tracesSandboxes { try SandboxTrace.check(provider) }
        try RequiredTools.check(
            format.description.tools ?? [],
            of: format.plugin.name,
            in: environment.tools,
            provider: provider
        )
        if let name = image[.distribution] {
            let distribution = try catalogue.distribution(named: name)
            try RequiredTools.check(
                distribution.description.tools ?? [],
                of: distribution.plugin.name,
                in: environment.tools,
                provider: provider
            )
            if let warning = PackageSetChoice.warning(distribution.description, for: PackageImage(image)) {
                environment.display.log(.warning, warning)
            }
        }
        for part in try parts.plugins() {
            try RequiredTools.check(part.tools, of: part.plugin.name, in: environment.tools, provider: provider)
        }
        for format in parts.formats where format.description.checks == true { try ask(format) }
        try ScriptFiles.check(image)
        if image.usesBuildDirectory { try ForeignDirectory.checkBuild(image, options.variables) }
        // Outputs stay as they are where only build scripts run.
        if !options.rerunsBuildScripts { try prepare(OutputPlacement(image: image, variables: options.variables)) }
    }

    /// Refuses keys that cannot sign, and settings that nothing carries out; warns of those that this image cannot use.
    private func checkSettings(_ parts: BootParts) throws(Failure) {
        var declared = try parts.declaredSettings()
        if let name = image[.distribution] {
            declared.formUnion(try catalogue.distribution(named: name).description.settings ?? [])
        }
        for warning in try UnsupportedSettings.check(image, parts, declared: declared, catalogue) {
            environment.display.log(.warning, warning)
        }
        try UnsupportedSettings.checkSplits(image, parts)
        for purpose in SigningKeys.purposes(of: image) where declared.contains(purpose.keySetting) {
            let request = try SigningKeys.request(.certificate, purpose, of: image)
            _ = try environment.signer.answer(environment.pins.given(request, from: image.directory))
        }
    }

    /// Has the plugin of a format look at its settings.
    private func ask(_ format: PluginCatalogue.Format) throws(Failure) {
        var request = ABI.V1.CheckFormat(format: format.description.name)
        request.settings = try PluginSettings(format.description.settings, of: image, environment.pins).values
        let session = try PluginSession.start(format.plugin, NoServices(), environment)
        _ = try session.requestIfSupported(request)
        session.end()
    }

    private func prepare(_ placement: OutputPlacement) throws(Failure) {
        let settings = try format().description.settings ?? []
        try placement.prepare(force: options.force > 0, splits: settings.contains(settingName(.splitArtifacts)))
    }

    private func format() throws(Failure) -> PluginCatalogue.Format {
        guard let name = image[.format] else {
            throw Failure(.configuration, "No output format is configured", hint: "Set Format=")
        }
        return try catalogue.format(named: name)
    }

    /// Finds out what a build would do, without doing it.
    public func plan() throws(Failure) -> ImagePlan {
        try withoutBuilding { construction, workspace throws(Failure) in try construction.plan(in: workspace) }
    }

    /// Runs a command, or else a shell, on what a step begins with, and returns its status.
    public func shell(at place: ShellPlace, _ command: [String]) throws(Failure) -> Int {
        try withoutBuilding { construction, workspace throws(Failure) in
            try construction.shell(at: place, command, in: workspace)
        }
    }

    private func withoutBuilding<Result>(
        _ body: (ImageConstruction, borrowing Workspace) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try PluginCode.check(image, catalogue)
        try checkSettings(BootParts(of: image, format(), catalogue))
        try TreeCopies.check(image, except: options.outputsToCome)
        let construction = ImageConstruction(
            image: image,
            catalogue: catalogue,
            environment: environment,
            options: options,
            format: try format(),
            cache: image.packageCacheDirectory(environment: options.variables),
            placement: OutputPlacement(image: image, variables: options.variables)
        )
        return try Workspace.with(for: image, environment, options.variables) { workspace throws(Failure) in
            try body(construction, workspace)
        }
    }

    /// Moves outputs from elsewhere to where a build of the image would have put them.
    public func place(_ outputs: [String]) throws(Failure) -> [BuiltOutput] {
        guard let directory = outputs.first.flatMap(Paths.parent) else { return [] }
        let placement = OutputPlacement(image: image, variables: options.variables)
        try prepare(placement)
        let lock = try BuildLock.take(
            output: placement.mainOutput,
            in: image.lockDirectory(environment: options.variables)
        )
        defer { lock.release() }
        let companions = [placement.near]
        return try Workspace.with(for: image, environment, options.variables, companions: companions) {
            workspace throws(Failure) in
            let scripting = ScriptWorkspace(image: image, environment: environment, options: options)
            if options.force > 0, Files.kind(of: placement.mainOutput) != nil { try scripting.clean(in: workspace) }
            let paths = try placement.place(
                outputs.map { ABI.V1.Output(name: Paths.name($0), role: "extra") },
                from: directory,
                runner: SandboxRunner(
                    sandbox: scripting.sandbox(workspace, readable: [directory]),
                    environment: environment
                )
            )
            return paths.map { BuiltOutput(path: $0) }
        }
    }

    /// Runs the build, which `check` has found nothing against, and returns the paths of the outputs that it made;
    /// none where nothing has changed.
    public func run() throws(Failure) -> [BuiltOutput] {
        try TreeCopies.check(image)
        let lock = try BuildLock.take(for: image, variables: options.variables)
        defer { lock.release() }
        do throws(Failure) {
            return try runLocked()
        } catch  where error.code == .changed {
            // The modified layer was removed, and is rebuilt from its inputs.
            environment.display.log(.warning, "\(error.message); rebuilding it")
            return try runLocked()
        }
    }

    private func runLocked() throws(Failure) -> [BuiltOutput] {
        let format = try format()
        let placement = OutputPlacement(image: image, variables: options.variables)
        let cache = image.packageCacheDirectory(environment: options.variables)
        return try Workspace.with(
            for: image,
            environment,
            options.variables,
            companions: [placement.near],
            keep: options.keepWorkspace
        ) { workspace throws(Failure) in
            if options.keepWorkspace { environment.display.log(.info, "The workspace is \(workspace.path)") }
            do throws(Failure) {
                return try build(format, placement, cache, in: workspace)
            } catch {
                // While everything is still there: afterwards nothing is full any more.
                throw FullDisk.explain(
                    error,
                    directories: [
                        (settingName(.workspaceDirectory), workspace.path),
                        (settingName(.packageCacheDirectory), cache),
                        (settingName(.outputDirectory), placement.directory),
                    ]
                )
            }
        }
    }

    private func build(
        _ format: PluginCatalogue.Format,
        _ placement: OutputPlacement,
        _ cache: String,
        in workspace: borrowing Workspace
    ) throws(Failure) -> [BuiltOutput] {
        try checkLayers(workspace)
        let construction = ImageConstruction(
            image: image,
            catalogue: catalogue,
            environment: environment,
            options: options,
            format: format,
            cache: cache,
            placement: placement
        )
        // Without an output of its own an image has nothing that would keep a build from running again.
        let hasOutput = format.description.needsTree != false
        if !options.rerunsBuildScripts, options.force > 0 || !hasOutput {
            try ScriptWorkspace(image: image, environment: environment, options: options).clean(in: workspace)
        }
        let outputs = try construction.run(in: workspace)
        if let outputs, !options.rerunsBuildScripts, options.force > 0, hasOutput {
            try StaleOutputs.remove(
                of: image,
                keeping: outputs.map(\.path),
                catalogue,
                installation: environment.installation,
                variables: options.variables
            )
        }
        return outputs ?? []
    }

    /// Layers are in the workspace, or in the store if they are kept.
    private func checkLayers(_ workspace: borrowing Workspace) throws(Failure) {
        let support = OverlaySupport(installation: environment.installation)
        try support.check(workspace.path, setting: settingName(.workspaceDirectory))
        let store = LayerStoreLocation.path(for: image, variables: options.variables)
        if image[.incremental] != "no", Files.isDirectory(store) {
            try support.check(store, setting: settingName(.cacheDirectory))
        }
    }
}
