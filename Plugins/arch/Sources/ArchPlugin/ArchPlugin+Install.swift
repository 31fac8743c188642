import DistributionKit
public import PluginKit
public import PluginWire

extension ArchPlugin {
    /// Puts packages into a tree in one transaction of pacman, which works from inside the tree.
    public func install(_ request: ABI.V1.Install, host: Host) throws -> ABI.V1.Installed {
        let context = request.context
        let files = try request.packages.map { package in
            guard let path = package.path else {
                throw ErrorObject(code: .invalidParameters, message: "the package \(package.name) has no file")
            }
            return InstallPlan.File(name: package.name, path: path, sha256: package.sha256)
        }
        if files.isEmpty { return ABI.V1.Installed() }
        let tool = ToolRun(host: host, context: context, place: .workspace(context))
        var plan = InstallPlan(phase: .prepare, root: request.root, packages: files)
        plan.requested = request.packages.filter { $0.requested == true }.map(\.name)
        plan.signatures = context.repositoryKeyCheck ? PackageSignatures(context).directory : nil
        plan.scratch = try ToolRun.privateDirectory(below: context.workspace, for: "pacman")
        plan.sourceDateEpoch = context.sourceDateEpoch
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
                    if let signatures = plan.signatures { command.show(signatures) }
                }
            ).findings
        }
        if request.extends != true { _ = try run(.prepare) }
        let found = try run(.install)
        return ABI.V1.Installed(timestamp: request.extends == true ? nil : found.lazy.compactMap(\.timestamp).last)
    }
}
