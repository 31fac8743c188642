import Configuration
import Display
import FetchWire
import LockFile
import PluginHost
import PluginWire
import Sandbox
import Support
import TreeEditor

/// The conversation with the distribution's plugin: configuration, local packages, installation, removal, lists.
final class PackageManagement {
    let image: ImageConfiguration
    private let environment: BuildEnvironment
    let workspacePath: String
    let store: PackageStore
    private let fetcher: Fetcher
    let distribution: PluginCatalogue.Distribution
    private let services: PluginServices
    /// The files of the package manager's configuration that the plugin wants.
    private(set) var configuration: [ABI.V1.File] = []
    /// Remembers which packages were chosen; nil: they are chosen again each time.
    var cache: LayerCache? {
        didSet { cache?.reading.distributionPlugin = distribution.plugin }
    }
    /// Packages that are chosen and not installed yet.
    private(set) var chosen: [PackagePurpose: [ABI.V1.Package]] = [:]
    /// Where scripts have put packages; nil: nowhere yet.
    var builtPackages: String?
    /// Nil: the distribution says which packages are meant today.
    let lock: ImageLock?
    private let session: PluginSession
    private(set) var context: ABI.V1.Context
    /// Runs what concerns no tree.
    private let runner: SandboxRunner
    /// What scripts get to work on the tree with.
    private(set) var commands: [ABI.V1.ScriptCommand] = []

    private var repositoryURLs: [String] = []
    /// Packages of later steps that are on their way.
    private var prefetch: Prefetch?

    /// The tree that the plugin's commands find.
    var tree: LayeredTree? {
        didSet { services.tree = tree }
    }

    /// Package manager configuration, laid over `/` of the sandbox.
    var configurationPath: String { "\(workspacePath)/configuration" }
    private var root: String { "\(workspacePath)/root" }
    /// What all projects share.
    private let caches: SharedCaches
    /// When the indexes of repositories were brought up to date.
    private let age: MetadataAge

    init(
        image: ImageConfiguration,
        distribution: PluginCatalogue.Distribution,
        environment: BuildEnvironment,
        launcher: PluginLauncher,
        fetcher: Fetcher,
        sandbox: BuildSandbox,
        workspacePath: String,
        cache: String,
        lock: ImageLock? = nil
    ) throws(Failure) {
        self.distribution = distribution
        self.lock = lock
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
        if !isCustom { try distribution.check(release: image[.release]) }
        self.image = image
        self.environment = environment
        self.fetcher = fetcher
        self.workspacePath = workspacePath
        store = PackageStore(directory: cache)
        guard let directory = FileName("\(name)~\(image[.release])~\(architecture)") else {
            throw Failure(.configuration, "The release \"\(printable(image[.release]))\" is not the name of a release")
        }
        let metadata = directory.path(in: Paths.join(cache, "metadata"))
        do throws(Failure) {
            try PrivateDirectory.make(metadata, access: .shared)
        } catch {
            throw Failure(
                .system,
                "Cannot make the directory for package metadata",
                hint: "Choose another directory with PackageCacheDirectory=",
                cause: error
            )
        }
        caches = SharedCaches(metadata: metadata)
        age = MetadataAge(directory: metadata)
        var sandbox = sandbox
        sandbox.configuration = "\(workspacePath)/configuration"
        sandbox.readable += distribution.plugin.directories
        sandbox.caches = caches
        runner = SandboxRunner(sandbox: sandbox, environment: environment)
        services = PluginServices(
            runner: runner,
            fetcher: fetcher,
            configuration: image,
            declared: (distribution.description.settings ?? []) + ServicePolicy.settingsOfDistributions
        )
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

    /// Ends the conversation, and what goes on beside it.
    func shutdown() {
        prefetch?.stop()
        prefetch = nil
        session.shutdown()
    }

    /// What scripts see for the commands of the distribution to work; none of it outlives the build.
    func scriptSteps() throws(Failure) -> [Plan.Step] {
        let programs = distribution.plugin.directories + [environment.installation.runtime]
        let readable = programs + [context.localRepository].compactMap(\.self) + localMirrors
        return [try caches.privateMetadata(in: "\(workspacePath)/script-metadata")]
            + readable.filter { !$0.hasPrefix("/usr/") }.map {
                .bind(Plan.Bind(source: $0, target: $0, isReadOnly: true, isOptional: true))
            }
    }

    /// Directories of the machine that packages come from.
    private var localMirrors: [String] {
        let urls = [image[.mirror], image[.localMirror]].compactMap(\.self) + repositoryURLs
        return Set(urls.filter { $0.hasPrefix("file:///") }.map { String($0.dropFirst("file://".count)) }).sorted()
    }

    // MARK: - Configuration

    /// Writes the package manager's configuration, with the user's own files over those of the plugin.
    func configure(_ line: Step) throws(Failure) {
        let trees = image[.sandboxTrees]
        if !trees.isEmpty {
            let sandboxTree = "\(workspacePath)/sandbox-tree"
            try makeDirectory(sandboxTree)
            // A package manager that reads a pipe among its files would wait for ever.
            let edits = try TreeCopies.edits(for: trees, setting: "SandboxTrees").map { edit in
                var edit = edit
                edit.refusesPipes = true
                return edit
            }
            try ImageTree(path: sandboxTree, runner: runner).apply(edits)
            context.sandboxTree = sandboxTree
        }
        try offerLocalPackages(from: image[.packageDirectories] + image[.volatilePackageDirectories], line)
        try writeConfiguration(line)
    }

    private func writeConfiguration(_ line: Step) throws(Failure) {
        services.begin(line, "configure-manager", caches: .metadata)
        let configured = try session.request(ABI.V1.Configure(context: context))
        if context.configuration != nil {
            // An earlier round has left the user's files, whose links must not lead those of the plugin elsewhere.
            try ImageTree(path: configurationPath, runner: runner).apply([TreeEdit(.remove, "/*")])
        }
        configuration = configured.files
        try ConfigurationFiles.write(configured.files, to: configurationPath)
        if let sandboxTree = context.sandboxTree {
            // The user's own files win over those of the plugin.
            let edit = TreeEdit(.copy, "/", source: sandboxTree)
            try ImageTree(path: configurationPath, runner: runner).apply([edit])
        }
        context.configuration = configurationPath
        commands = configured.commands ?? []
        repositoryURLs = configured.repositories.flatMap(\.urls)
        for repository in configured.repositories {
            environment.display.log(.debug, "repository \(repository.name): \(repository.urls.joined(separator: " "))")
        }
    }

    /// Makes a repository of the packages in these directories and of those that scripts have put into theirs.
    private func offerLocalPackages(from directories: [String], _ line: Step) throws(Failure) {
        let suffix = distribution.description.packageFormat.map { ".\($0)" } ?? ""
        var edits: [TreeEdit] = []
        // Kept results of scripts lie outside of the workspace.
        let shown = directories + [builtPackages].compactMap(\.self)
        for directory in shown {
            do throws(SystemCallError) {
                edits += try Files.list(directory).filter { $0.hasSuffix(suffix) }
                    .map { name in
                        var edit = TreeEdit(.copy, "/\(name)", source: Paths.join(directory, name))
                        edit.refusesPipes = true
                        return edit
                    }
            } catch {
                let setting = "PackageDirectories"
                throw Failure(.missing, "\(setting)= names \(directory), which cannot be read", cause: error)
            }
        }
        if edits.isEmpty, directories.isEmpty { return }
        let directory = "\(workspacePath)/local-repository"
        try makeDirectory(directory)
        try ImageTree(path: directory, runner: runner).apply(edits, showing: shown)
        services.begin(line, "local-repository")
        _ = try session.request(ABI.V1.MakeRepository(context: context, directory: directory))
        context.localRepository = directory
    }

    /// Offers what build scripts have put into `$PACKAGEDIR` for installation, too.
    func offerBuiltPackages(_ line: Step) throws(Failure) {
        guard let builtPackages, (try? Files.list(builtPackages))?.isEmpty == false else { return }
        try offerLocalPackages(from: image[.packageDirectories] + image[.volatilePackageDirectories], line)
        try writeConfiguration(line)
    }

    // MARK: - Packages

    /// What an image asks for; `isNew` says that its tree has no packages yet.
    func request(_ purpose: PackagePurpose, isNew: Bool) -> PackageRequest {
        let sets = isNew ? PackageSetChoice.names(distribution.description, for: image) : []
        return PackageRequest(purpose: purpose, names: purpose.names(in: image), sets: sets)
    }

    /// Asks the distribution which packages are meant today.
    func resolve(
        _ request: PackageRequest,
        in root: String?,
        offline: Bool = false,
        sharedAs question: String? = nil,
        _ line: Step,
        change: (inout ABI.V1.Resolve) -> Void = { _ in }
    ) throws(Failure) -> ABI.V1.Resolved {
        var message = ABI.V1.Resolve(
            context: context,
            packages: request.names,
            packageSets: request.sets,
            root: root
        )
        change(&message)
        services.networkAllowed = !offline && image[.cacheOnly] != "always"
        defer { services.networkAllowed = false }
        services.begin(line, "resolve", caches: .metadata)
        // The index files are those of all images of this release; one brings them up to date for the others.
        let claim = try DirectoryClaim(caches.metadata, isDirectory: true, cancellation: environment.cancellation)
        defer { withExtendedLifetime(claim) {} }
        if let answer = question.flatMap(environment.answers.find) {
            environment.display.log(.debug, "another image has asked for the same packages")
            return answer
        }
        let resolved = try session.request(message)
        if let question { environment.answers.add(resolved, to: question) }
        if services.networkAllowed, message.context == context { age.note() }
        return resolved
    }

    /// The packages with private copies of their files, downloaded and checked.
    func fetch(_ packages: [ABI.V1.Package], _ line: Step) throws(Failure) -> (packages: [ABI.V1.Package], note: String)
    {
        let (placed, outcome): ([ABI.V1.Package], Fetcher.Outcome)
        do throws(Failure) {
            (placed, outcome) = try store.copy(packages, to: runner.sandbox.packages, with: fetcher, step: line)
        } catch {
            age.forget()
            throw error
        }
        let fetched = "\(outcome.fetched) fetched (\(Format.bytes(outcome.bytes)))"
        return (placed, "\(fetched), \(outcome.cached) in the cache")
    }

    /// Decides which packages are installed; `isNew` says that the tree has none yet.
    ///
    /// The lock file decides, or else the last build, where nobody wants newer packages, or else the distribution.
    @discardableResult
    func choose(
        _ purpose: PackagePurpose,
        isNew: Bool,
        above base: [ABI.V1.Package],
        _ state: BuildState
    ) throws(Failure) -> [ABI.V1.Package] {
        if let packages = chosen[purpose] { return packages }
        let request = request(purpose, isNew: isNew)
        let title: String
        var packages: [ABI.V1.Package]?
        if let lock {
            title = "Reading the packages in \(Paths.name(lock.path))"
            packages = try lock.packages(for: request, of: image, localRepository: context.localRepository)
        } else {
            packages = try cache?.chosen(request, above: base)
            title = packages == nil ? "Resolving packages" : "Taking the packages of the last build"
        }
        let source = lock != nil ? BuildEvent.PackageSource.lockFile : packages != nil ? .lastBuild : .repositories
        let result = try state.step(title, "resolve") { line throws(Failure) in
            let result: [ABI.V1.Package]
            if let packages, lock != nil, purpose == .volatile, !image[.buildScripts].isEmpty {
                result = try chooseBuilt(request, beside: packages, line)
            } else if let packages {
                result = packages
            } else {
                if let more = try resolveFurther(request, above: base, line) {
                    result = more
                } else {
                    // What is in the tree is the image's own.
                    let question = isNew ? try cache?.question(request, above: base) : nil
                    result = try resolve(request, in: isNew ? nil : root, sharedAs: question, line).packages
                }
                try cache?.remember(result, for: request, above: base)
            }
            let size = result.saturatedSum(\.size)
            state.note = "\(result.count) packages, \(Format.bytes(size))"
            return result
        }
        environment.display.send(.packagesResolved(purpose: purpose.rawValue, source: source, result.map(\.event)))
        chosen[purpose] = result
        return result
    }

    /// The packages of the last build with those that are asked for beside them; nil where that is not all.
    ///
    /// Nobody has asked for newer packages: so those stay, and what is new can be installed on top of them.
    private func resolveFurther(
        _ request: PackageRequest,
        above base: [ABI.V1.Package],
        _ line: Step
    ) throws(Failure) -> [ABI.V1.Package]? {
        guard let earlier = try cache?.chosenForLess(request, above: base) else { return nil }
        let answer: ABI.V1.Resolved
        do throws(Failure) {
            answer = try resolveFurther(request, beside: earlier, line)
        } catch {
            // Together with newer versions of the others it may be possible.
            if error.code == .cancelled { throw error }
            return nil
        }
        let digests = Set(earlier.map(\.sha256))
        let names = Set(earlier.map { "\($0.name) \($0.architecture)" })
        let new = answer.packages.filter { !digests.contains($0.sha256) }
        return new.contains { names.contains("\($0.name) \($0.architecture)") } ? nil : earlier + new
    }

    /// Asks indexes that are as good as new before it asks repositories: nobody wants newer packages.
    private func resolveFurther(
        _ request: PackageRequest,
        beside earlier: [ABI.V1.Package],
        _ line: Step
    ) throws(Failure) -> ABI.V1.Resolved {
        if context.localRepository == nil, age.isRecent {
            do throws(Failure) {
                return try resolve(request, in: nil, offline: true, line) { message in
                    message.present = earlier
                    message.context.settings?[Setting<String>.cacheOnly.name] = .string("metadata")
                }
            } catch {
                if error.code == .cancelled { throw error }
            }
        }
        return try resolve(request, in: nil, line) { $0.present = earlier }
    }

    /// Whether a URL leads into the directory that packages of the user are offered from, which each build makes anew.
    static func isLocal(_ url: String) -> Bool { url.hasPrefix("file:") && url.contains("/local-repository/") }

    /// Packages that build scripts may have made, chosen among those and what the lock file names.
    private func chooseBuilt(
        _ request: PackageRequest,
        beside locked: [ABI.V1.Package],
        _ line: Step
    ) throws(Failure) -> [ABI.V1.Package] {
        let kept = try fetch(locked, line).packages
        let answer: ABI.V1.Resolved
        do throws(Failure) {
            answer = try resolve(request, in: root, offline: true, line) { message in
                message.keep = kept
                message.closed = true
            }
        } catch {
            var error = error
            let hint = "What build scripts do not make has to be in the lock file"
            error.hint = error.firstHint.map { "\(hint). \($0)" } ?? hint
            throw error
        }
        let digests = Set(locked.map(\.sha256))
        let foreign = answer.packages.first { package in
            !digests.contains(package.sha256) && !package.urls.allSatisfy(Self.isLocal)
        }
        if let foreign {
            throw Failure(.plugin, "The plugin chose \(printable(foreign.name)), which is not in the lock file")
        }
        return answer.packages
    }

    /// Whether a request can be answered without asking the distribution.
    func isDecided(_ request: PackageRequest, above base: [ABI.V1.Package]) throws(Failure) -> Bool {
        if lock != nil { return true }
        return try cache?.chosen(request, above: base) != nil
    }

    /// What has to be downloaded of these packages.
    func missing(_ packages: [ABI.V1.Package]) throws(Failure) -> [ImagePlan.Fetch] {
        try store.missing(packages).map { ImagePlan.Fetch(name: $0.fileName, size: $0.size) }
    }

    /// Fetches and installs packages, and returns the newest time that they carry.
    func install(_ part: PackagePart, _ state: BuildState) throws(Failure) -> Int? {
        let later = decidedLater(than: part)
        try checkRoom(for: part, later)
        let fetched = try state.step("Fetching packages", "fetch") { line throws(Failure) in
            prefetch?.wait(environment.cancellation)
            prefetch = nil
            let (packages, note) = try fetch(part.packages, line)
            state.note = note
            return packages
        }
        prefetch = Prefetch(later, to: store, environment: environment, fetcher: fetcher)
        let count = "\(fetched.count) \(part.isAddition ? "further " : "")package\(fetched.count == 1 ? "" : "s")"
        return try state.step("Installing \(count)", "install") { line throws(Failure) in
            // What skeleton trees have brought, and what scripts have installed, is not the plugin's.
            let isEmpty = part.isNew && image[.skeletonTrees].isEmpty
            let before = isEmpty ? [] : try inspect(line).packages
            services.begin(line, "install")
            let answer = try environment.jobs.share { jobs throws(Failure) in
                try session.request(ABI.V1.Install(context: context, root: root, packages: fetched, jobs: jobs))
            }
            let after = try inspect(line).packages
            do throws(AnswerFlaw) {
                try InstalledDifference.check(part.packages, before: before, after: after)
            } catch {
                throw distribution.plugin.violation(error)
            }
            return answer.timestamp
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

    /// The packages that paths of the tree come from; none where the plugin cannot tell.
    func owners(of paths: [String]) throws(Failure) -> [String: [String]] {
        services.beginHidden("owners")
        let request = ABI.V1.Owners(context: context, root: root, paths: paths)
        return try session.requestIfSupported(request)?.owners ?? [:]
    }

    /// Whether downloads that the plugin asks for are remembered.
    var recordsFetches: Bool {
        get { services.records != nil }
        set { services.records = newValue ? [] : nil }
    }

    /// What the plugin has asked for since the last call.
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

    private func makeDirectory(_ path: String) throws(Failure) {
        do throws(SystemCallError) {
            try Files.makeDirectories(path)
        } catch {
            throw Failure(.system, "Cannot make a directory in the workspace", cause: error)
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
        context.defaultMirror = distribution.mirror(image[.architecture], isSnapshot: context.snapshot != nil)
        context.keyrings = distribution.keyrings?.filter(Files.exists)
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

extension ABI.V1.Package {
    /// The package as an event has it.
    fileprivate var event: BuildEvent.Package {
        BuildEvent.Package(name: name, version: version, architecture: architecture, size: size)
    }
}
