import Configuration
import Display
import FetchWire
import PluginHost
import PluginWire
import Sandbox
import Support
import TreeEditor

/// The conversation with the distribution's plugin: configuration, local packages, installation, removal, lists.
final class PackageManagement {
    private let image: ImageConfiguration
    private let environment: BuildEnvironment
    private let workspacePath: String
    private let store: PackageStore
    private let fetcher: Fetcher
    let distribution: PluginCatalogue.Distribution
    private let services: PluginServices
    private let session: PluginSession
    private var context: ABI.V1.Context
    /// Runs what concerns no tree.
    private let runner: SandboxRunner
    /// What scripts get to work on the tree with.
    private(set) var commands: [ABI.V1.ScriptCommand] = []

    /// The tree that the plugin's commands find.
    var tree: LayeredTree? {
        didSet { services.tree = tree }
    }

    /// Package manager configuration, laid over `/` of the sandbox.
    var configurationPath: String { "\(workspacePath)/configuration" }
    /// Where scripts put packages, and where local ones are offered from.
    static func packagesPath(_ workspace: String) -> String { "\(workspace)/packages" }
    private var root: String { "\(workspacePath)/root" }
    /// Folders that commands may change.
    let writable: [String]
    /// Folders that commands may read.
    let readable: [String]

    init(
        image: ImageConfiguration,
        distribution: PluginCatalogue.Distribution,
        environment: BuildEnvironment,
        launcher: PluginLauncher,
        fetcher: Fetcher,
        sandbox: BuildSandbox,
        workspacePath: String,
        cache: String
    ) throws(Failure) {
        self.distribution = distribution
        let (name, architecture) = (distribution.description.name, image[.architecture])
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
        self.fetcher = fetcher
        self.workspacePath = workspacePath
        store = PackageStore(directory: cache)
        let metadata = "\(cache)/metadata/\(name)~\(image[.release])~\(architecture)"
        do throws(SystemCallError) {
            try Files.makeDirectories(metadata)
        } catch {
            throw Failure(
                .system,
                "Cannot make the folder for package metadata",
                hint: "Choose another folder with PackageCacheDirectory=",
                cause: error
            )
        }
        writable = [metadata]
        readable = ["\(cache)/packages", distribution.plugin.directory]
        var sandbox = sandbox
        sandbox.configuration = "\(workspacePath)/configuration"
        sandbox.writable += writable
        sandbox.readable += readable
        runner = SandboxRunner(sandbox: sandbox, environment: environment)
        services = PluginServices(runner: runner, fetcher: fetcher, configuration: image)
        session = try PluginSession(
            distribution.plugin,
            launcher: launcher,
            services: services,
            cancellation: environment.cancellation
        )
        context = Self.context(
            image: image,
            distribution: distribution.description,
            localArchitecture: local,
            cache: metadata,
            workspace: workspacePath
        )
    }

    /// Ends the conversation.
    func shutdown() { session.shutdown() }

    /// What scripts see for the commands of the distribution to work.
    var scriptSteps: [Plan.Step] {
        writable.map { .writable($0, at: $0) }
            + readable.map { .bind(Plan.Bind(source: $0, target: $0, isReadOnly: true, isOptional: true)) }
            + (context.localRepository.map { [.readOnly($0, at: $0)] } ?? [])
    }

    // MARK: - Configuration

    /// Writes the package manager's configuration, with the user's own files over those of the plugin.
    func configure(_ line: Step) throws(Failure) {
        let trees = image[.sandboxTrees]
        if !trees.isEmpty {
            let sandboxTree = "\(workspacePath)/sandbox-tree"
            try makeDirectory(sandboxTree)
            try ImageTree(path: sandboxTree, runner: runner)
                .apply(TreeCopies.edits(for: trees, setting: "SandboxTrees"))
            context.sandboxTree = sandboxTree
        }
        try offerLocalPackages(from: image[.packageDirectories] + image[.volatilePackageDirectories], line)
        try writeConfiguration(line)
    }

    private func writeConfiguration(_ line: Step) throws(Failure) {
        services.begin(line, "configure-manager")
        let configured = try session.request(ABI.V1.Configure(context: context))
        // An earlier round has left the user's files, whose links must not lead those of the plugin elsewhere.
        try ImageTree(path: configurationPath, runner: runner).apply([TreeEdit(.remove, "/*")])
        try SandboxFiles.write(configured.files, to: configurationPath)
        if let sandboxTree = context.sandboxTree {
            // The user's own files win over those of the plugin.
            let edit = TreeEdit(.copy, "/", source: sandboxTree)
            try ImageTree(path: configurationPath, runner: runner).apply([edit])
        }
        context.configuration = configurationPath
        commands = configured.commands ?? []
        for repository in configured.repositories {
            environment.display.log(.debug, "repository \(repository.name): \(repository.urls.joined(separator: " "))")
        }
    }

    /// Makes a repository of the packages in these folders and of those that scripts have put into theirs.
    private func offerLocalPackages(from folders: [String], _ line: Step) throws(Failure) {
        let suffix = distribution.description.packageFormat.map { ".\($0)" } ?? ""
        let own = Self.packagesPath(workspacePath)
        var edits: [TreeEdit] = []
        for folder in folders + [own] {
            do throws(SystemCallError) {
                edits += try Files.list(folder).filter { $0.hasSuffix(suffix) }
                    .map { TreeEdit(.copy, "/\($0)", source: Paths.join(folder, $0)) }
            } catch {
                let setting = "PackageDirectories"
                throw Failure(.missing, "\(setting)= names \(folder), which cannot be read", cause: error)
            }
        }
        if edits.isEmpty, folders.isEmpty { return }
        let directory = "\(workspacePath)/local-repository"
        try makeDirectory(directory)
        try ImageTree(path: directory, runner: runner).apply(edits, showing: folders)
        services.begin(line, "local-repository")
        _ = try session.request(ABI.V1.MakeRepository(context: context, directory: directory))
        context.localRepository = directory
    }

    /// Offers what build scripts have put into `$PACKAGEDIR` for installation, too.
    func offerBuiltPackages(_ line: Step) throws(Failure) {
        let names = (try? Files.list(Self.packagesPath(workspacePath))) ?? []
        if names.isEmpty { return }
        try offerLocalPackages(from: image[.packageDirectories] + image[.volatilePackageDirectories], line)
        try writeConfiguration(line)
    }

    // MARK: - Packages

    /// Resolves, fetches and installs packages into the tree; `isNew` says that the tree has none yet.
    func install(_ packages: [String], isNew: Bool, _ state: BuildState) throws(Failure) -> ABI.V1.Installed {
        let hasBase = isNew && distribution.description.packageSets?["base"] != nil
        let request = ABI.V1.Resolve(
            context: context,
            packages: packages,
            packageSets: hasBase ? ["base"] : [],
            root: isNew ? nil : root
        )
        services.networkAllowed = image[.cacheOnly] != "always"
        let resolved = try state.step("Resolving packages", "resolve") { line throws(Failure) in
            services.begin(line, "resolve")
            let resolved = try session.request(request)
            try PackageStore.check(resolved.packages)
            let size = resolved.packages.reduce(0) { $0 + $1.size }
            state.note = "\(resolved.packages.count) packages, \(Format.bytes(size))"
            return resolved
        }
        services.networkAllowed = false
        let fetched = try state.step("Fetching packages", "fetch") { line throws(Failure) in
            let (packages, outcome) = try store.fetch(resolved.packages, with: fetcher, step: line)
            state.note = "\(outcome.fetched) fetched (\(Format.bytes(outcome.bytes))), \(outcome.cached) in the cache"
            return packages
        }
        return try state.step("Installing \(fetched.count) packages", "install") { line throws(Failure) in
            services.begin(line, "install")
            return try session.request(ABI.V1.Install(context: context, root: root, packages: fetched))
        }
    }

    func remove(_ names: [String], _ line: Step) throws(Failure) {
        services.begin(line, "remove")
        _ = try session.request(ABI.V1.Remove(context: context, root: root, names: names))
    }

    func inspect(_ line: Step) throws(Failure) -> ABI.V1.Inspected {
        services.begin(line, "inspect")
        return try session.request(ABI.V1.Inspect(context: context, root: root))
    }

    /// The newest value that `Snapshot=` could have.
    func latestSnapshot() throws(Failure) -> String {
        services.networkAllowed = true
        defer { services.networkAllowed = false }
        return try session.request(ABI.V1.LatestSnapshot(context: context)).snapshot
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
