import Configuration
import Display
import LockFile
import PluginHost
import PluginWire
import Sandbox
import Support
import System

/// The conversation with the distribution's plugin: configuration, local packages, installation, removal, lists.
final class PackageManagement {
    let image: PackageImage
    let environment: BuildEnvironment
    let workspacePath: String
    let store: PackageStore
    let fetcher: Fetcher
    let distribution: PluginCatalogue.Distribution
    let services: PluginServices
    /// The files of the package manager's configuration that the plugin wants.
    var configuration: [ABI.V1.File] = []
    /// Remembers which packages were chosen; nil: they are chosen again each time.
    var cache: (any PackageMemory)? {
        didSet { cache?.distributionPlugin = distribution.plugin }
    }
    /// Packages that are chosen and not installed yet.
    var chosen: [PackagePurpose: [ABI.V1.Package]] = [:]
    /// The directory in which scripts have put packages; nil if there is none yet.
    var builtPackages: String?
    /// If nil, the distribution resolves the packages.
    let lock: ImageLock?
    let session: any PluginConversation
    var context: ABI.V1.Context
    /// Runs what concerns no tree.
    private(set) var runner: SandboxRunner
    /// The commands by which scripts work on the tree.
    var commands: [ABI.V1.ScriptCommand] = []

    var repositoryURLs: [String] = []
    /// Packages of later steps that are on their way.
    var prefetch: Prefetch?

    /// The tree that the plugin's commands find.
    var tree: LayeredTree? {
        didSet { services.tree = tree }
    }

    /// Package manager configuration, laid over `/` of the sandbox.
    var configurationPath: String { "\(workspacePath)/configuration" }
    var root: String { "\(workspacePath)/root" }
    private let metadataName: FileName
    private let metadataParent: String
    /// The caches of all projects that bring no code for the package manager.
    private(set) var caches: SharedCaches
    /// The time at which the indexes of repositories were brought up to date.
    private(set) var age: MetadataAge

    init(
        image: PackageImage,
        distribution: PluginCatalogue.Distribution,
        environment: BuildEnvironment,
        sandbox: BuildSandbox,
        workspacePath: String,
        cache: String,
        lock: ImageLock? = nil,
        connect: Connect = PluginSession.start
    ) throws(Failure) {
        self.distribution = distribution
        self.lock = lock
        let (name, architecture) = (distribution.description.name, image.architecture)
        // A tree of one's own may be of any architecture, under the host's name for it.
        let isCustom = distribution.description.custom == true
        guard let local = distribution.description.architectures[architecture] ?? (isCustom ? architecture : nil) else {
            throw Failure(
                .configuration,
                "\(name) has no architecture \(architecture)",
                hint: "Available: \(distribution.description.architectures.keys.sorted().joined(separator: ", "))"
            )
        }
        if !isCustom { try distribution.check(release: image.release) }
        self.image = image
        self.environment = environment
        fetcher = Fetcher(environment: environment, settings: image.settings.fetch)
        self.workspacePath = workspacePath
        store = PackageStore(directory: cache)
        guard let release = FileName("\(name)~\(image.release)~\(architecture)") else {
            throw Failure(.configuration, "The release \"\(printable(image.release))\" is not the name of a release")
        }
        metadataName = release
        metadataParent = Paths.join(cache, "metadata")
        let metadata = try MetadataDirectory.make(
            release,
            in: metadataParent,
            for: MetadataDirectory.code(
                plugin: distribution.plugin,
                sandboxTree: nil,
                tools: environment.tools,
                variables: sandbox.namedVariables,
                proxy: image.proxy,
                installation: environment.installation
            ),
            installation: environment.installation
        )
        caches = SharedCaches(metadata: metadata)
        age = MetadataAge(directory: metadata)
        var sandbox = sandbox
        sandbox.configuration = "\(workspacePath)/configuration"
        sandbox.readable += distribution.plugin.directories
        sandbox.readable += ["configuration", "sandbox-tree"].map { "\(workspacePath)/\($0)" }
        sandbox.caches = caches
        runner = SandboxRunner(sandbox: sandbox, environment: environment)
        services = PluginServices(
            runner: runner,
            fetcher: fetcher,
            settings: image.pluginSettings
        )
        let settings = try image.pluginSettings.values
        session = try connect(distribution.plugin, services, environment)
        context = ABI.V1.Context(
            image: image,
            distribution: distribution.description,
            keyrings: distribution.plugin.keyrings(of: distribution.description),
            settings: settings,
            localArchitecture: local,
            cache: metadata,
            workspace: sandbox.workspace
        )
    }

    /// Goes on with the metadata of those projects only that have the same files for the package manager;
    /// `sandboxTree` is the build's own copy of them.
    func separateMetadata(for sandboxTree: String) throws(Failure) {
        let installation = environment.installation
        let metadata = try MetadataDirectory.make(
            metadataName,
            in: metadataParent,
            for: MetadataDirectory.code(
                plugin: distribution.plugin,
                sandboxTree: sandboxTree,
                tools: environment.tools,
                variables: runner.sandbox.namedVariables,
                proxy: image.proxy,
                installation: installation
            ),
            installation: installation
        )
        caches = SharedCaches(metadata: metadata)
        age = MetadataAge(directory: metadata)
        runner.sandbox.caches = caches
        services.metadata = metadata
        context.cache = metadata
    }

    /// Begins the conversation with a plugin.
    typealias Connect = (InstalledPlugin, PluginServices, BuildEnvironment) throws(Failure) -> any PluginConversation

    /// The part of steps' keys that belongs to the package manager.
    var inputs: PackageManagerInputs {
        PackageManagerInputs(distribution: distribution, configuration: configuration, workspacePath: workspacePath)
    }

    /// Ends the session, and its background work.
    func shutdown() {
        prefetch?.stop()
        prefetch = nil
        session.end()
    }

    /// Returns the mounts that scripts need for the commands of the distribution to work; none of them outlives the
    /// build.
    func scriptSteps() throws(Failure) -> [Plan.Step] {
        let programs = distribution.plugin.directories + [environment.installation.runtime]
        let readable = programs + [context.localRepository].compactMap(\.self)
        let named = runner.sandbox.named
        let mirrors = localMirrors.filter { named.refusal(of: $0) == nil }.flatMap { named.readable($0, at: $0) }
        return [try caches.privateMetadata(in: "\(workspacePath)/script-metadata")]
            + readable.filter { !$0.hasPrefix("/usr/") }.map {
                .bind(Plan.Bind(source: $0, target: $0, isReadOnly: true, isOptional: true))
            } + mirrors
    }

    /// Directories of the machine that packages come from.
    private var localMirrors: [String] {
        let urls = [image.mirror, image.localMirror].compactMap(\.self) + repositoryURLs
        return Set(urls.filter { $0.hasPrefix("file:///") }.map { String($0.dropFirst("file://".count)) }).sorted()
    }

    /// True if downloads that the plugin asks for are remembered.
    var recordsFetches: Bool {
        get { services.records != nil }
        set { services.records = newValue ? [] : nil }
    }

    /// The requests of the plugin since the last call.
    func takeFetches() -> [LockFile.File] {
        defer { if services.records != nil { services.records = [] } }
        return services.records ?? []
    }

    /// The newest value that `Snapshot=` could have.
    func latestSnapshot() throws(Failure) -> String {
        services.networkAllowed = true
        defer { services.networkAllowed = false }
        return try session.request(ABI.V1.LatestSnapshot(context: context)).snapshot
    }
}
