import DistributionKit
public import PluginKit
public import PluginWire

/// openSUSE, whose package manager is zypper.
///
/// zypper chooses packages, from indexes that the plugin has fetched and verified; rpm installs them.
public struct OpensusePlugin: DistributionPlugin {
    public init() {}

    /// The programs that the plugin runs inside the sandbox, by their names.
    public static let tools: [String: PluginMain.Command] = RPMInstallation.tools.merging([
        "resolve": { try ResolveTool.main($0) },
        "script": { try ScriptTool.main($0) },
    ]) { $1 }

    /// The path of the database in the distribution's package `rpm`.
    static let database = "/usr/lib/sysimage/rpm"

    private static let installation = RPMInstallation(
        database: database,
        reasons: .zypp,
        metadata: ["/var/cache/zypp", "/var/lib/zypp", "/var/log/zypp", "/var/log/zypper.log"]
    )

    public func install(_ request: ABI.V1.Install, host: Host) throws -> ABI.V1.Installed {
        try Self.installation.install(request, keys: Self.keys(request.context, host: host), host: host)
    }

    public func remove(_ request: ABI.V1.Remove, host: Host) throws {
        try Self.installation.remove(request, host: host)
    }

    public func inspect(_ request: ABI.V1.Inspect, host: Host) throws -> ABI.V1.Inspected {
        try Self.installation.inspect(request, host: host)
    }

    public func owners(_ request: ABI.V1.Owners, host: Host) throws -> ABI.V1.Owned {
        try Self.installation.owners(request, host: host)
    }

    public func makeRepository(_ request: ABI.V1.MakeRepository, host: Host) throws {
        try RepositoryWriter(directory: request.directory).write { () throws(ErrorObject) in try host.checkCancelled() }
    }

    /// The keys that packages must be signed with; nil if signatures are not checked.
    private static func keys(_ context: ABI.V1.Context, host: Host) throws -> [String]? {
        guard context.repositoryKeyCheck else { return nil }
        let repositories = try Enabled(context).repositories.filter { $0.isOn("gpgcheck", default: true) }
        return try RepositoryKeys(context, host: host).files(of: repositories, variables: variables(context)).armored
    }

    /// The variables of repository definitions (zypper(8), "Repository variables").
    static func variables(_ context: ABI.V1.Context) -> [String: String] {
        let parts = context.release.split(separator: ".", maxSplits: 1).map(String.init)
        return [
            "releasever": context.release,
            "releasever_major": parts.first ?? context.release,
            "releasever_minor": parts.count > 1 ? parts[1] : "",
            "arch": context.localArchitecture,
            "basearch": context.localArchitecture,
        ]
    }
}
