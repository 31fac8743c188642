import DistributionKit
public import PluginKit
public import PluginWire

extension PostmarketosPlugin {
    /// Puts packages into a tree with apk, out of a repository that has nothing else.
    public func install(_ request: ABI.V1.Install, host: Host) throws -> ABI.V1.Installed {
        let context = request.context
        let packages = try request.packages.map { package in
            InstallPlan.Package(path: try package.file(), architecture: package.architecture)
        }
        if packages.isEmpty { return ABI.V1.Installed() }
        var plan = InstallPlan(
            phase: .prepare,
            root: request.root,
            architecture: context.localArchitecture,
            packages: packages,
            requested: request.packages.filter { $0.requested == true }.map(\.name),
            scratch: try ToolRun.privateDirectory(below: context.workspace, for: "apk"),
            documentation: context.documentation,
            extends: request.extends == true,
            sourceDateEpoch: context.sourceDateEpoch
        )
        if plan.requested.isEmpty { plan.requested = request.packages.map(\.name) }
        return try PhasedInstallation(context, host: host).run(plan, extends: plan.extends)
    }

    /// Takes packages out of the tree, and what only they needed.
    public func remove(_ request: ABI.V1.Remove, host: Host) throws {
        if request.names.isEmpty { return }
        let context = request.context
        let scratch = try ToolRun.privateDirectory(below: context.workspace, for: "apk")
        _ = try ToolRun(host: host, context: context, place: .workspace(context)).run(
            "remove",
            plan: { pipe in
                RemovePlan(
                    root: request.root,
                    architecture: context.localArchitecture,
                    names: request.names,
                    scratch: scratch,
                    channel: pipe
                )
            },
            change: { command in
                command.label = "apk"
                command.apiMounts = request.root
                command.show(scratch, writable: true)
            }
        )
    }
}
