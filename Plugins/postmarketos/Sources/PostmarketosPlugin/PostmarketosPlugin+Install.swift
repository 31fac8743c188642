import DistributionKit
public import PluginKit
public import PluginWire

extension PostmarketosPlugin {
    /// Puts packages into a tree with apk, out of a repository that has nothing else.
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
            phase: .prepare,
            root: request.root,
            architecture: context.localArchitecture,
            packages: paths,
            requested: request.packages.filter { $0.requested == true }.map(\.name),
            scratch: try ToolRun.privateDirectory(below: context.workspace, for: "apk"),
            extends: request.extends == true,
            sourceDateEpoch: context.sourceDateEpoch
        )
        if plan.requested.isEmpty { plan.requested = request.packages.map(\.name) }
        let tool = ToolRun(host: host, context: context, place: .workspace(context))
        func run(_ phase: InstallPlan.Phase) throws -> [InstallFinding] {
            try tool.run(
                "install",
                findings: InstallFinding.self,
                plan: { pipe in
                    plan.phase = phase
                    plan.channel = pipe
                    return plan
                },
                change: { command in
                    command.label = phase.rawValue
                    if phase == .install { command.apiMounts = request.root }
                    command.show(plan.scratch, writable: true)
                }
            ).findings
        }
        if !plan.extends { _ = try run(.prepare) }
        let found = try run(.install)
        return ABI.V1.Installed(timestamp: plan.extends ? nil : found.lazy.compactMap(\.timestamp).last)
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
