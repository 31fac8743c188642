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
        "resolve": { _ in try RPMResolveTool.main { Zypper(command: $0) } },
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
        try Self.installation.install(request, trust: Self.repositories(request.context).trust(host), host: host)
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
}
