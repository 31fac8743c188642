import ByteKeys
import JSON
public import PluginKit
public import PluginWire

/// The answer to `resolve`: fetches and verifies the indexes, and asks a package manager, in the sandbox, for exact packages.
public struct RPMResolution {
    /// The repositories of the configuration.
    public var repositories: RPMRepositories
    /// The directory of rpm's database in a new tree, absolute in the tree.
    public var database: String
    /// The name of the package manager, for messages.
    public var solver: String
    /// The indexes that it reads; lists of files are added if a package needs a path that only they have.
    public var kinds: [String]
    /// True if manifests of indexes have to be signed unless a repository says otherwise.
    public var checksManifests: Bool

    public init(
        repositories: RPMRepositories,
        database: String,
        solver: String,
        kinds: [String],
        checksManifests: Bool
    ) {
        self.repositories = repositories
        self.database = database
        self.solver = solver
        self.kinds = kinds
        self.checksManifests = checksManifests
    }

    /// Chooses packages.
    public func resolve(_ request: ABI.V1.Resolve, host: Host) throws -> ABI.V1.Resolved {
        let context = request.context
        try MachineCheck(architecture: context.architecture).check(workspace: context.workspace)
        let sets = try request.packageSets.flatMap { try PackageSets.packages(of: $0, host: host, context: context) }
        let packages = sets + request.packages
        if packages.isEmpty { return ABI.V1.Resolved(packages: [], indexes: []) }
        let kept = try KeptRPMs(request.keep ?? [], context, host: host)
        let definitions = request.closed == true ? [] : try repositories.enabled()
        let fetch = try RepositoryFetch(
            context,
            host: host,
            variables: repositories.variables,
            isOffline: ["always", "metadata"].contains(context.settings?["CacheOnly"]?.string ?? ""),
            checksManifests: checksManifests
        )
        if context.repositoryKeyCheck {
            try fetch.readKeys(of: definitions.filter { $0.isOn("gpgcheck", default: true) })
        }
        var kinds = kinds
        if packages.contains(where: Self.needsFileLists) { kinds.append("filelists") }
        while true {
            var fetched = try definitions.map { try fetch.fetch($0, kinds: kinds) }
            if let local = context.localRepository {
                var repository = try RepositoryFetch.local(local, id: RPMRepositories.localID)
                repository.definition["priority"] = "1"
                fetched.append(repository)
            }
            fetched += kept.repositories
            let plan = RPMResolvePlan(request, packages: packages, repositories: fetched, database: database)
            let answer = try choose(plan, context, host)
            // Only now is it known that some package needs a file that is in none of the usual directories.
            if answer.needsFileLists == true, !kinds.contains("filelists"), !definitions.isEmpty {
                kinds.append("filelists")
                continue
            }
            if let error = answer.error { throw error }
            let indexes = fetched.filter { !RPMRepositories.isInternal($0.definition.id) }.map(\.index)
            let packages = try LongDigests(request).completed(answer, host: host)
            return ABI.V1.Resolved(packages: packages.map(kept.placed), indexes: indexes)
        }
    }

    private func choose(_ plan: RPMResolvePlan, _ context: ABI.V1.Context, _ host: Host) throws -> RPMResolveAnswer {
        let output = try ToolRun(host: host, context: context, place: .cache(context)).run(
            "resolve",
            plan: { pipe in
                var plan = plan
                plan.scratch = try ToolRun.privateDirectory(below: context.workspace, for: solver)
                plan.channel = pipe
                return plan
            },
            change: { command in
                command.capture = true
                command.label = solver
            }
        )
        return try ToolOutput.decode(RPMResolveAnswer.self, from: output)
    }

    /// Returns true for a path that the index of packages lacks: it has only those of programs and configuration.
    private static func needsFileLists(_ word: String) -> Bool {
        word.hasPrefix("/") && !word.hasPrefix("/etc/") && !word.contains("bin/") && word != "/usr/lib/sendmail"
    }
}
