import ByteKeys
import Configuration
import Display
import Execution
import PluginHost
import PluginWire
import Sandbox
import Support
import System
import TreeWire

/// The work in the workspace of one image: its tree, its outputs, and their way out.
struct ImageConstruction {
    let image: ImageConfiguration
    let catalogue: PluginCatalogue
    let environment: BuildEnvironment
    let options: BuildOptions
    let format: PluginCatalogue.Format
    let cache: String
    let placement: OutputPlacement

    /// Makes the image and returns the paths of its outputs; nil where they stay what they were.
    func run(in workspace: borrowing Workspace) throws(Failure) -> [BuiltOutput]? {
        let scripts = try scripts(workspace)
        // Without an output the tree is there for build scripts alone.
        guard needsTree else {
            if !image[.syncScripts].isEmpty, !environment.conditions.keepsSources {
                try ScriptHelpers(directory: scripts.directories.helpers, commands: []).write()
                try scripts.run(.sync)
            }
            try options.beforeAssembly()
            return try finish(nil, .none, scripts, in: workspace)
        }
        let state = try prepare(workspace, scripts)
        defer { state.packages?.shutdown() }
        do throws(Failure) {
            let execution = StepExecution(state)
            try StepWalk(state.plan, of: state, for: execution).run()
            try execution.clampTimes()
            // Before the outputs are made: they would be waited for, too.
            try environment.timing.measure("settle") { () throws(Failure) in try state.cache?.settle() }
            // Artifacts may be made from outputs of other images, as the outputs may be.
            try options.beforeAssembly()
            let boot = hasOutput ? try makeBootParts(bootParts(), state, workspace.scratch) : .none
            let outputs = try finish(state, boot, scripts, in: workspace)
            try state.cache?.collect()
            return outputs
        } catch {
            try? state.cache?.collect()
            throw error
        }
    }

    /// Makes the outputs out of what the steps have made, unless they are there already, and places them.
    private func finish(
        _ state: BuildState?,
        _ boot: BootResult,
        _ scripts: ScriptRunner,
        in workspace: borrowing Workspace
    ) throws(Failure) -> [BuiltOutput]? {
        let kept = try record(of: state, boot)
        if !options.rerunsBuildScripts, let kept, try kept.areInPlace() {
            environment.display.begin("Keeping \(image.outputFileName): nothing has changed", "keep")
                .finish(nil)
            let path = placement.mainOutput
            environment.display.send(.output(BuildEvent.Output(path: path, size: Files.size(of: path), isNew: false)))
            return nil
        }
        if let state { try state.cache?.checkUnchanged(state.chains[.image]?.tree, state.shared.values) }
        let outputs = try makeOutputs(state, boot, scripts, in: workspace)
        try environment.cancellation.check()
        try kept?.announce(outputs)
        let placed = try environment.timing.measure("place") { () throws(Failure) in
            try placement.place(outputs, from: workspace.staging, runner: scripts.runner)
        }
        // What was changed meanwhile may be in them, or not.
        if !options.rerunsBuildScripts, let kept, try record(of: state, boot)?.hasSameInputs(as: kept) == true {
            try kept.remember(placed)
        }
        // Scripts of this last kind may have changed what was digested.
        let known = image[.postOutputScripts].isEmpty ? Checksums.known(of: outputs) : [:]
        return zip(outputs, placed).map { BuiltOutput(path: $1, digest: known[$0.name]) }
    }

    /// Returns the sources of the outputs at this moment; nil if nothing is kept of the image.
    func record(of state: BuildState?, _ boot: BootResult) throws(Failure) -> OutputRecord? {
        guard let state, let cache = state.cache else { return nil }
        let source = OutputRecord.Source(
            tree: hasOutput ? state.chains[.image]?.key : nil,
            shared: state.shared,
            parts: try bootParts(),
            boot: boot,
            scripts: state.scripts.environment
        )
        return try OutputRecord(of: source, at: placement, in: cache)
    }

    private func makeOutputs(
        _ state: BuildState?,
        _ boot: BootResult,
        _ scripts: ScriptRunner,
        in workspace: borrowing Workspace
    ) throws(Failure) -> [ABI.V1.Output] {
        var assemblySandbox = scripts.runner.sandbox
        if let state {
            try state.handOver(.output, to: workspace.staging)
            if image[.overlay] { try state.keepOnlyChanges() }
            assemblySandbox = state.runner.sandbox
            assemblySandbox.configuration = nil
            assemblySandbox.writable = scripts.runner.sandbox.writable
        }
        var outputs: [ABI.V1.Output] = []
        let seen = OutputImage(image)
        if !options.rerunsBuildScripts {
            let assembly = Assembly(
                image: seen,
                parts: try bootParts(),
                boot: boot,
                environment: environment,
                sandbox: assemblySandbox,
                root: hasOutput ? workspace.root : nil,
                staging: workspace.staging,
                workspacePath: workspace.scratch,
                sourceDateEpoch: image[.sourceDateEpoch] ?? state?.timestamp,
                fileSystem: hasOutput ? try catalogue.distribution(of: image).description.fileSystem : nil
            )
            let made = try assembly.run()
            outputs += made.outputs
            let measurements = try MeasurementFile.predictions(boot, made)
            outputs += try MeasurementFile.write(measurements, for: seen, to: workspace.staging)
            outputs += try ManifestFile.write(
                state?.installed ?? [],
                measurements: measurements,
                for: seen,
                to: workspace.staging
            )
            if hasOutput {
                outputs += try ContainerSettings.write(for: seen, to: workspace.staging, environment.pins)
            }
        }
        outputs += ScriptOutputs.found(in: workspace.staging, besides: outputs)
            .filter { !image[.checksum] || $0.name != image.checksumFileName }
        if !options.rerunsBuildScripts {
            if image[.checksum] {
                outputs += try Checksums.write(
                    for: outputs,
                    image: seen,
                    in: workspace.staging,
                    jobs: environment.jobs
                )
            }
            outputs += try runPostOutputScripts(scripts, workspace.staging, outputs)
        }
        return outputs
    }

    /// True if there is a tree at all.
    var needsTree: Bool { hasOutput || !image[.buildScripts].isEmpty }

    /// True if a tree is made for the format.
    var hasOutput: Bool { format.description.needsTree != false && !options.rerunsBuildScripts }

    // MARK: - Parts

    /// Returns the needs of the outputs besides the tree.
    func bootParts() throws(Failure) -> BootParts { try BootParts(of: image, format, catalogue) }

    /// Runs scripts in a sandbox without a tree.
    ///
    /// With `isReadOnly` none of them will run, and nothing is made outside of the workspace.
    func scripts(_ workspace: borrowing Workspace, isReadOnly: Bool = false) throws(Failure) -> ScriptRunner {
        let scripting = ScriptWorkspace(image: image, environment: environment, options: options)
        let sandbox = scripting.sandbox(workspace, readable: format.plugin.directories)
        return try scripting.runner(workspace, sandbox, isReadOnly: isReadOnly)
    }

    /// All that is there before the first step: the package manager with its configuration, base trees, caches.
    ///
    /// With `isReadOnly` nothing is kept for later builds.
    func prepare(
        _ workspace: borrowing Workspace,
        _ scripts: ScriptRunner,
        isReadOnly: Bool = false
    ) throws(Failure) -> BuildState {
        let identity = try probeIdentity()
        let sandbox = scripts.runner.sandbox
        let distribution = try catalogue.distribution(of: image)
        var packages: PackageManagement?
        if distribution.description.custom != true {
            packages = try PackageManagement(
                image: PackageImage(image, distribution.description, environment.pins),
                distribution: distribution,
                environment: environment,
                sandbox: sandbox,
                workspacePath: workspace.path,
                cache: cache,
                lock: options.lock
            )
        } else if !isReadOnly {
            CustomDistribution.warn(image, named: distribution.description.name, environment.display)
        }
        let directories = LayerDirectories(directory: workspace.layers)
        let cache = try LayerCache.open(for: image, environment: environment, options: options, identity: identity)
        cache?.isReadOnly = isReadOnly
        packages?.cache = cache
        let trees = BaseTrees(image: image, directories: directories, runner: scripts.runner, cache: cache)
        // A plan does not inspect outputs that are still to be built.
        let isToCome = image[.baseTrees].contains { path in options.outputsToCome.contains { $0.leads(path) } }
        let state = BuildState(
            image: image,
            environment: environment,
            directories: directories,
            sandbox: sandbox,
            root: workspace.root,
            packages: packages,
            scripts: scripts,
            baseTrees: isToCome ? image[.baseTrees] : try trees.unpacked(),
            plan: steps(distribution.description)
        )
        try state.lines.run("Configuring the package manager", "configure-manager") { line throws(Failure) in
            try packages?.configure(line)
        }
        try ScriptHelpers(
            directory: scripts.directories.helpers,
            commands: packages?.commands ?? [],
            tools: environment.tools
        ).write()
        state.cache = cache
        return state
    }

    private func runPostOutputScripts(
        _ scripts: ScriptRunner,
        _ staging: String,
        _ outputs: [ABI.V1.Output]
    ) throws(Failure) -> [ABI.V1.Output] {
        if image[.postOutputScripts].isEmpty { return [] }
        let line = environment.display.begin("Running postoutput scripts", "postoutput")
        do throws(Failure) {
            try environment.timing.measure("postoutput") { () throws(Failure) in try scripts.run(.postoutput) }
        } catch {
            line.fail()
            throw error
        }
        line.finish(nil)
        return ScriptOutputs.found(in: staging, besides: outputs)
    }

    /// Says in one line what a build without a range of ids cannot keep, and returns which ids there are.
    private func probeIdentity() throws(Failure) -> String {
        var probe = Command(environment.installation.sandbox, ["--become-root", "--probe"])
        probe.captureLimit = 64
        let result = try probe.runChecked(cancellation: environment.cancellation)
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
        return mode
    }
}

/// Files that scripts added to the outputs of the format.
enum ScriptOutputs {
    static func found(in staging: String, besides outputs: [ABI.V1.Output]) -> [ABI.V1.Output] {
        let known = Set(outputs.map { ByteText($0.name) })
        return ((try? Files.list(staging)) ?? []).filter { !known.contains(ByteText($0)) }
            .map { ABI.V1.Output(name: $0, role: "extra") }
    }
}
