import ByteKeys
import DistributionKit
import JSON
public import PluginKit
public import PluginWire

extension FedoraPlugin {
    /// Fetches and verifies the indexes, and asks dnf, in the sandbox, for exact packages.
    public func resolve(_ request: ABI.V1.Resolve, host: Host) throws -> ABI.V1.Resolved {
        let context = request.context
        try MachineCheck(architecture: context.architecture).check(workspace: context.workspace)
        let sets = try request.packageSets.flatMap { try PackageSets.packages(of: $0, host: host, context: context) }
        let packages = sets + request.packages
        let isClosed = request.closed == true
        let isOffline = ["always", "metadata"].contains(context.settings?["CacheOnly"]?.string ?? "")
        let kept = try KeptRPMs(request.keep ?? [], context, host: host)
        let definitions = isClosed ? [] : try Enabled(context).repositories
        let fetch = try RepositoryFetch(
            context,
            host: host,
            variables: Variables.of(context),
            isOffline: isOffline
        )
        if context.repositoryKeyCheck {
            try fetch.readKeys(of: definitions.filter { $0.isOn("gpgcheck", default: true) })
        }
        var kinds = ["primary", "group", "modules"]
        if packages.contains(where: Self.needsFileLists) { kinds.append("filelists") }
        while true {
            var repositories = try definitions.map { try fetch.fetch($0, kinds: kinds) }
            if let local = context.localRepository {
                var repository = try RepositoryFetch.local(local, id: Self.localID)
                repository.definition["priority"] = "1"
                repositories.append(repository)
            }
            repositories += kept.repositories
            let plan = ResolvePlan(request, packages: packages, repositories: repositories)
            let answer = try choose(plan, context, host)
            // Only now is it known that some package needs a file that is in none of the usual directories.
            if answer.needsFileLists == true, !kinds.contains("filelists"), !definitions.isEmpty {
                kinds.append("filelists")
                continue
            }
            if let error = answer.error { throw error }
            let indexes = repositories.filter { !$0.definition.id.hasPrefix("mkosi-") }.map(\.index)
            return ABI.V1.Resolved(packages: (answer.packages ?? []).map(kept.placed), indexes: indexes)
        }
    }

    private func choose(_ plan: ResolvePlan, _ context: ABI.V1.Context, _ host: Host) throws -> ResolveAnswer {
        let output = try ToolRun(host: host, context: context, place: .cache(context)).run(
            "resolve",
            plan: { pipe in
                var plan = plan
                plan.scratch = try ToolRun.privateDirectory(below: context.workspace, for: "dnf")
                plan.channel = pipe
                return plan
            },
            change: { command in
                command.capture = true
                command.label = "dnf"
            }
        )
        return try ToolOutput.decode(ResolveAnswer.self, from: output)
    }

    /// Returns true for a path that the index of packages lacks: it has only those of programs and configuration.
    private static func needsFileLists(_ word: String) -> Bool {
        word.hasPrefix("/") && !word.hasPrefix("/etc/") && !word.contains("bin/") && word != "/usr/lib/sendmail"
    }
}
