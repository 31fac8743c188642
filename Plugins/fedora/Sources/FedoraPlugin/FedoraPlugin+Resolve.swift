import DistributionKit
public import PluginKit
public import PluginWire

extension FedoraPlugin {
    /// Fetches and verifies the indexes, and asks dnf, in the sandbox, for exact packages.
    public func resolve(_ request: ABI.V1.Resolve, host: Host) throws -> ABI.V1.Resolved {
        let context = request.context
        return try RPMResolution(
            repositories: Self.repositories(context),
            database: Family(context).database,
            solver: "dnf",
            kinds: ["primary", "group", "modules"],
            checksManifests: false
        ).resolve(request, host: host)
    }

    static func repositories(_ context: ABI.V1.Context) -> RPMRepositories {
        RPMRepositories(context, directory: "/etc/yum.repos.d", variables: Variables.of(context))
    }
}
