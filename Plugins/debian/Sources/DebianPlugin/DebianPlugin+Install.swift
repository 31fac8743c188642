public import PluginKit
public import PluginWire
import System

extension DebianPlugin {
    /// Puts packages into a new tree by the fast way, or into one that has packages already by dpkg's own.
    public func install(_ request: ABI.V1.Install, host: Host) throws -> ABI.V1.Installed {
        let context = request.context
        let paths = try request.packages.map { package in
            guard let path = package.path else {
                throw ErrorObject(code: .invalidParameters, message: "the package \(package.name) has no file")
            }
            return path
        }
        if paths.isEmpty { return ABI.V1.Installed() }
        var plan = InstallPlan(
            phase: .unpack,
            root: request.root,
            architecture: context.localArchitecture,
            packages: paths,
            requested: request.packages.filter { $0.requested == true }.map(\.name),
            threads: max(1, request.jobs ?? 1),
            sourceDateEpoch: context.sourceDateEpoch
        )
        plan.sources = try ImageSources(context)
        plan.codename = OSRelease.codename(context)
        let tool = ToolRun(host: host, context: context, place: .workspace(context))
        func run(_ name: String, _ label: String, mounts: Bool) throws -> [InstallFinding] {
            try tool.run(
                name,
                findings: InstallFinding.self,
                plan: { pipe in
                    var plan = plan
                    plan.channel = pipe
                    return plan
                },
                change: { command in
                    command.label = label
                    if mounts { command.apiMounts = request.root }
                }
            ).findings
        }
        if try request.extends ?? Self.hasPackages(request.root, host) {
            let installed = try run("extend", "dpkg", mounts: true).lazy.compactMap(\.installed).last
            return ABI.V1.Installed(packages: installed)
        }
        let timestamp = try run("install", "unpack", mounts: false).lazy.compactMap(\.timestamp).last
        try host.checkCancelled()
        plan.phase = .configure
        let deferred = try run("install", "configure", mounts: true).lazy.compactMap(\.deferred).last
        guard let deferred else { return ABI.V1.Installed(timestamp: timestamp) }
        plan.phase = .finish
        plan.deferred = deferred
        _ = try run("install", "finish", mounts: false)
        return ABI.V1.Installed(timestamp: timestamp)
    }

    /// Returns true if dpkg has been at work in the tree, which only the sandbox shows as it is.
    static func hasPackages(_ root: String, _ host: Host) throws -> Bool {
        var command = ABI.V1.Run(["test", "-s", root + DpkgDatabase.path + "/status"])
        command.success = [0, 1]
        return try host.run(command).status == 0
    }
}
