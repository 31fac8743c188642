import Configuration
import Display
import Execution
import FetchWire
import FoundationEssentials
import PluginHost
import PluginWire
import Support
import TreeEditor

/// Makes the tree of an image: package manager configuration, packages, trees of the project, settings, cleaning.
struct TreeBuild {
    private let image: ImageConfiguration
    private let environment: BuildEnvironment
    private let fetcher: Fetcher
    private let runner: SandboxRunner
    private let workspacePath: String
    private let store: PackageStore
    private let metadataCache: String
    private let distribution: PluginCatalogue.Distribution
    private let launcher: PluginLauncher
    private var context: ABI.V1.Context

    private var root: String { "\(workspacePath)/root" }
    private var configurationPath: String { "\(workspacePath)/configuration" }

    init(
        image: ImageConfiguration,
        catalogue: PluginCatalogue,
        environment: BuildEnvironment,
        launcher: PluginLauncher,
        fetcher: Fetcher,
        sandbox: BuildSandbox,
        workspacePath: String,
        cache: String
    ) throws(Failure) {
        guard let name = image[.distribution] else {
            throw Failure(.configuration, "No distribution is configured", hint: "Set Distribution=")
        }
        distribution = try catalogue.distribution(named: name)
        let release = image[.release]
        let architecture = image[.architecture]
        // A tree of one's own may be of any architecture, under the host's name for it.
        let isCustom = distribution.description.custom == true
        guard let local = distribution.description.architectures[architecture] ?? (isCustom ? architecture : nil) else {
            throw Failure(
                .configuration,
                "\(name) has no architecture \(architecture)",
                hint: "It has \(distribution.description.architectures.keys.sorted().joined(separator: ", "))"
            )
        }
        self.image = image
        self.environment = environment
        self.launcher = launcher
        self.fetcher = fetcher
        self.workspacePath = workspacePath
        store = PackageStore(directory: cache)
        metadataCache = "\(cache)/metadata/\(name)~\(release)~\(architecture)"
        do throws(SystemCallError) {
            try Files.makeDirectories(metadataCache)
        } catch {
            throw Failure(
                .system,
                "Cannot make the folder for package metadata",
                hint: "Choose another folder with PackageCacheDirectory=",
                cause: error
            )
        }
        var sandbox = sandbox
        sandbox.configuration = "\(workspacePath)/configuration"
        sandbox.writable.append(metadataCache)
        sandbox.readable += ["\(cache)/packages", distribution.plugin.directory]
        runner = SandboxRunner(sandbox: sandbox, environment: environment)
        context = Self.context(
            image: image,
            distribution: distribution.description,
            localArchitecture: local,
            cache: metadataCache,
            workspace: workspacePath
        )
    }

    /// Folders that later steps have to see as well.
    var readable: [String] { runner.sandbox.readable }

    /// What came of it.
    struct Result {
        var installed: [ABI.V1.InstalledPackage] = []
        /// The newest time that the packages carry.
        var timestamp: Int?
    }

    /// Makes the tree and says what is installed in it.
    func run() throws(Failure) -> Result {
        var copy = self
        return try copy.make()
    }

    /// Asks the distribution for the newest snapshot; nothing else is done.
    func latestSnapshot() throws(Failure) -> String {
        let services = PluginServices(runner: runner, fetcher: fetcher, configuration: image)
        services.networkAllowed = true
        let session = try PluginSession(
            distribution.plugin,
            launcher: launcher,
            services: services,
            cancellation: environment.cancellation
        )
        defer { session.shutdown() }
        return try session.request(ABI.V1.LatestSnapshot(context: context)).snapshot
    }

    private mutating func make() throws(Failure) -> Result {
        let services = PluginServices(runner: runner, fetcher: fetcher, configuration: image)
        let tree = ImageTree(path: root, runner: runner)
        if !image[.skeletonTrees].isEmpty {
            _ = try step("Copying skeleton trees", "trees") { _ throws(Failure) in
                try tree.apply(TreeCopies.edits(for: image[.skeletonTrees], setting: "SkeletonTrees"))
            }
        }
        var result = Result()
        if distribution.description.custom != true {
            let session = try PluginSession(
                distribution.plugin,
                launcher: launcher,
                services: services,
                cancellation: environment.cancellation
            )
            try configure(session, services)
            result.timestamp = try install(session, services).timestamp
            result.installed = try finishPackages(session, services, tree)
            session.shutdown()
        }
        try customise(tree, epoch: image[.sourceDateEpoch] ?? result.timestamp)
        return result
    }

    // MARK: - Packages

    private mutating func configure(_ session: PluginSession, _ services: PluginServices) throws(Failure) {
        let trees = image[.sandboxTrees]
        if !trees.isEmpty {
            let sandboxTree = "\(workspacePath)/sandbox-tree"
            try makeDirectory(sandboxTree)
            let edits = try TreeCopies.edits(for: trees, setting: "SandboxTrees")
            try ImageTree(path: sandboxTree, runner: runner).apply(edits)
            context.sandboxTree = sandboxTree
        }
        if !image[.packageDirectories].isEmpty { try makeLocalRepository(session, services) }
        let configured = try step("Configuring the package manager", "configure-manager", services) {
            _ throws(Failure) in
            try session.request(ABI.V1.Configure(context: context))
        }
        try SandboxFiles.write(configured.files, to: configurationPath)
        if let sandboxTree = context.sandboxTree {
            // The user's own files win over those of the plugin.
            let edit = TreeEdit(.copy, "/", source: sandboxTree)
            try ImageTree(path: configurationPath, runner: runner).apply([edit])
        }
        context.configuration = configurationPath
        for repository in configured.repositories {
            environment.display.log(.debug, "repository \(repository.name): \(repository.urls.joined(separator: " "))")
        }
    }

    private mutating func makeLocalRepository(
        _ session: PluginSession,
        _ services: PluginServices
    ) throws(Failure) {
        let directory = "\(workspacePath)/local-repository"
        try makeDirectory(directory)
        let suffix = distribution.description.packageFormat.map { ".\($0)" } ?? ""
        var edits: [TreeEdit] = []
        for folder in image[.packageDirectories] {
            do throws(SystemCallError) {
                edits += try Files.list(folder).filter { $0.hasSuffix(suffix) }
                    .map { TreeEdit(.copy, "/\($0)", source: Paths.join(folder, $0)) }
            } catch {
                throw Failure(.missing, "PackageDirectories= names \(folder), which cannot be read", cause: error)
            }
        }
        try ImageTree(path: directory, runner: runner).apply(edits, showing: image[.packageDirectories])
        _ = try step("Indexing local packages", "local-repository", services) { _ throws(Failure) in
            try session.request(ABI.V1.MakeRepository(context: context, directory: directory))
        }
        context.localRepository = directory
    }

    private func install(
        _ session: PluginSession,
        _ services: PluginServices
    ) throws(Failure) -> ABI.V1.Installed {
        let sets = distribution.description.packageSets?["base"] != nil ? ["base"] : []
        let request = ABI.V1.Resolve(context: context, packages: image[.packages], packageSets: sets, root: nil)
        services.networkAllowed = image[.cacheOnly] != "always"
        let resolved = try step("Resolving packages", "resolve", services) { step throws(Failure) in
            let resolved = try session.request(request)
            try PackageStore.check(resolved.packages)
            let size = resolved.packages.reduce(0) { $0 + $1.size }
            step.note = "\(resolved.packages.count) packages, \(Format.bytes(size))"
            return resolved
        }
        services.networkAllowed = false

        let packages = try step("Fetching packages", "fetch") { step throws(Failure) in
            let (packages, outcome) = try store.fetch(resolved.packages, with: fetcher, step: step.line)
            step.note = "\(outcome.fetched) fetched (\(Format.bytes(outcome.bytes))), \(outcome.cached) in the cache"
            return packages
        }
        return try step("Installing \(packages.count) packages", "install", services) { _ throws(Failure) in
            try session.request(ABI.V1.Install(context: context, root: root, packages: packages))
        }
    }

    /// Removes what is not wanted, lists what is there, and cleans up after the package manager.
    private func finishPackages(
        _ session: PluginSession,
        _ services: PluginServices,
        _ tree: ImageTree
    ) throws(Failure) -> [ABI.V1.InstalledPackage] {
        let clean = image[.cleanPackageMetadata]
        if !image[.removePackages].isEmpty, clean == .disabled {
            environment.display.log(.warning, "RemovePackages= has no effect with CleanPackageMetadata=no")
        } else if !image[.removePackages].isEmpty {
            _ = try step("Removing packages", "remove", services) { _ throws(Failure) in
                try session.request(ABI.V1.Remove(context: context, root: root, names: image[.removePackages]))
            }
        }
        let inspected = try step("Listing installed packages", "inspect", services) { _ throws(Failure) in
            try session.request(ABI.V1.Inspect(context: context, root: root))
        }
        try cleanMetadata(clean, inspected.metadata, tree)
        return inspected.packages
    }

    /// `auto` keeps the databases of a package manager that the image itself has.
    private func cleanMetadata(_ clean: Feature, _ metadata: [String], _ tree: ImageTree) throws(Failure) {
        switch clean {
        case .disabled: return
        case .enabled: break
        case .auto:
            let managers = distribution.description.packageManagers ?? []
            let folders = ["/usr/bin", "/usr/sbin", "/bin", "/sbin"]
            let programs = managers.flatMap { name in folders.map { "\($0)/\(name)" } }
            if try !tree.existing(programs).isEmpty { return }
        }
        try tree.apply(metadata.map { TreeEdit(.remove, $0) })
    }

    // MARK: - The project's own

    private func customise(_ tree: ImageTree, epoch: Int?) throws(Failure) {
        _ = try step("Customising the tree", "customise") { _ throws(Failure) in
            var edits = try TreeCopies.edits(for: image[.extraTrees], setting: "ExtraTrees")
            edits += try SystemSettings.edits(for: image, in: tree)
            edits += image[.removeFiles].map { TreeEdit(.remove, $0.hasPrefix("/") ? $0 : "/\($0)") }
            edits += FinalCleaning.edits
            if let epoch { edits.append(TreeEdit(.clampTimes, "/", time: epoch)) }
            try tree.apply(edits)
        }
    }

    // MARK: - Small things

    /// A running step, with the note that ends its line.
    final class RunningStep {
        let line: Step
        var note: String?

        init(line: Step) { self.line = line }
    }

    private func step<Result>(
        _ title: String,
        _ phase: String,
        _ services: PluginServices? = nil,
        _ body: (RunningStep) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try environment.cancellation.check()
        let running = RunningStep(line: environment.display.begin(title))
        services?.step = running.line
        services?.phase = phase
        let start = ContinuousClock.now
        defer { environment.timing.add(phase, start.duration(to: .now)) }
        do throws(Failure) {
            let result = try body(running)
            running.line.finish(running.note)
            return result
        } catch {
            running.line.fail()
            throw error
        }
    }

    private func makeDirectory(_ path: String) throws(Failure) {
        do throws(SystemCallError) {
            try Files.makeDirectories(path)
        } catch {
            throw Failure(.system, "Cannot make a folder in the workspace", cause: error)
        }
    }

    private static func context(
        image: ImageConfiguration,
        distribution: ABI.V1.DistributionDescription,
        localArchitecture: String,
        cache: String,
        workspace: String
    ) -> ABI.V1.Context {
        var context = ABI.V1.Context(
            distribution: distribution.name,
            release: image[.release],
            architecture: image[.architecture],
            localArchitecture: localArchitecture,
            cache: cache,
            workspace: workspace
        )
        context.mirror = image[.mirror]
        context.snapshot = image[.snapshot]
        context.repositories = image[.repositories]
        context.repositoryKeyCheck = image[.repositoryKeyCheck]
        context.repositoryKeyFetch = image[.repositoryKeyFetch]
        context.documentation = image[.withDocs]
        context.recommends = image[.withRecommends]
        context.sourceDateEpoch = image[.sourceDateEpoch]
        context.settings = image.json(of: ["LocalMirror", "CacheOnly"] + (distribution.settings ?? []))
        return context
    }
}
