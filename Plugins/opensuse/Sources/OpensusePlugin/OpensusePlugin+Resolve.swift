import DistributionKit
public import PluginKit
public import PluginWire

extension OpensusePlugin {
    /// Fetches and verifies the indexes, and asks zypper, in the sandbox, for exact packages.
    public func resolve(_ request: ABI.V1.Resolve, host: Host) throws -> ABI.V1.Resolved {
        try RPMResolution(
            repositories: Self.repositories(request.context),
            database: Self.database,
            solver: "zypper",
            kinds: ["primary"],
            checksManifests: true
        ).resolve(request, host: host)
    }

    static let repositoryDirectory = "/etc/zypp/repos.d"

    static func repositories(_ context: ABI.V1.Context) -> RPMRepositories {
        RPMRepositories(
            context,
            directory: repositoryDirectory,
            variables: RPMRepositories.variables(context),
            matches: { OpensuseRepositories.matches($0, $1) }
        )
    }
}
