import DistributionKit
public import PluginKit
public import PluginWire

/// The distributions with RPM packages whose package manager is dnf.
///
/// dnf chooses packages, from indexes that the plugin has fetched and verified; rpm installs them.
public struct FedoraPlugin: DistributionPlugin {
    public init() {}

    /// The programs that the plugin runs inside the sandbox, by their names.
    public static let tools: [String: PluginMain.Command] = RPMInstallation.tools.merging([
        "resolve": { _ in try RPMResolveTool.main(solver: dnf) },
        "script": { try ScriptTool.main($0) },
    ]) { $1 }

    /// The files and directories of dnf 4 and dnf5 that nothing else needs.
    private static let metadata = [
        "/var/lib/dnf", "/var/cache/dnf", "/var/cache/libdnf5", "/var/cache/yum", "/usr/lib/sysimage/libdnf5",
        "/var/log/dnf.log", "/var/log/dnf.librepo.log", "/var/log/dnf.rpm.log", "/var/log/hawkey.log",
        "/var/log/dnf5.log",
    ]

    static func installation(_ context: ABI.V1.Context) -> RPMInstallation {
        RPMInstallation(database: Family(context).database, reasons: .libdnf5, metadata: metadata)
    }

    public func install(_ request: ABI.V1.Install, host: Host) throws -> ABI.V1.Installed {
        let trust = try Self.repositories(request.context).trust(host)
        return try Self.installation(request.context).install(request, trust: trust, host: host)
    }

    public func remove(_ request: ABI.V1.Remove, host: Host) throws {
        try Self.installation(request.context).remove(request, host: host)
    }

    public func inspect(_ request: ABI.V1.Inspect, host: Host) throws -> ABI.V1.Inspected {
        try Self.installation(request.context).inspect(request, host: host)
    }

    public func owners(_ request: ABI.V1.Owners, host: Host) throws -> ABI.V1.Owned {
        try Self.installation(request.context).owners(request, host: host)
    }

    public func makeRepository(_ request: ABI.V1.MakeRepository, host: Host) throws {
        try RepositoryWriter(directory: request.directory).write { () throws(ErrorObject) in try host.checkCancelled() }
    }

    /// dnf of the generation that the tools have, the newer one first.
    private static func dnf(_ command: RPMCommand) -> any RPMSolver {
        DNF5.isInstalled ? DNF5(command: command) : DNF4(command: command)
    }
}
