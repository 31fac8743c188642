import DistributionKit
public import PluginKit
public import PluginWire

extension ArchPlugin {
    /// Puts packages into a tree in one transaction of pacman, which works from inside the tree.
    public func install(_ request: ABI.V1.Install, host: Host) throws -> ABI.V1.Installed {
        let context = request.context
        let files = try request.packages.map { package in
            InstallPlan.File(name: package.name, path: try package.file(), sha256: package.sha256)
        }
        if files.isEmpty { return ABI.V1.Installed() }
        var plan = InstallPlan(phase: .prepare, root: request.root, packages: files)
        plan.requested = request.packages.filter { $0.requested == true }.map(\.name)
        plan.signatures = context.repositoryKeyCheck ? PackageSignatures(context).directory : nil
        plan.scratch = try ToolRun.privateDirectory(below: context.workspace, for: "pacman")
        plan.sourceDateEpoch = context.sourceDateEpoch
        let installation = PhasedInstallation(context, host: host)
        let shown = plan.signatures.map { [$0] } ?? []
        return try installation.run(plan, extends: request.extends == true, shown: shown)
    }
}
