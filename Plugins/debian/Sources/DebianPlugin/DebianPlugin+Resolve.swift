import ByteKeys
import DistributionKit
import JSON
public import PluginKit
public import PluginWire
import System

extension DebianPlugin {
    /// Asks apt, in the sandbox, for exact packages.
    public func resolve(_ request: ABI.V1.Resolve, host: Host) throws -> ABI.V1.Resolved {
        let context = request.context
        try MachineCheck(architecture: context.architecture).check(workspace: context.workspace)
        let sets = try request.packageSets.flatMap { try PackageSets.packages(of: $0, host: host, context: context) }
        let closed = request.closed == true
        let offline = !closed && ["always", "metadata"].contains(context.settings?["CacheOnly"]?.string ?? "")
        let status = request.root.map { $0 + DpkgDatabase.path + "/status" }
        // Without the network apt uses the indexes that it has, which do not know what is kept.
        let kept = offline ? nil : try KeptPackages(request.keep ?? [], context, closed: closed, host: host)
        let tool = ToolRun(host: host, context: context, place: .cache(context))
        let output: String = try tool.run(
            "resolve",
            plan: { pipe in
                var plan = ResolvePlan(
                    // The indexes of the repositories stay as they are.
                    cache: closed ? "\(context.workspace)/closed-choice" : context.cache,
                    scratch: "\(context.workspace)/apt\(closed ? "-closed" : "")",
                    architecture: context.localArchitecture,
                    packages: sets + request.packages,
                    statusFile: status,
                    offline: offline,
                    components: context.repositories,
                    channel: pipe
                )
                plan.derived = context.derived
                plan.kept = kept?.directory
                plan.local = context.localRepository
                plan.closed = closed
                plan.present = (request.present ?? []).map(ResolveTool.exactly)
                plan.allPlaces = request.allPlaces == true
                plan.warnsOfAge = context.snapshot?.isEmpty ?? true
                return plan
            },
            change: { command in
                command.network = offline || closed ? "none" : "host"
                command.capture = true
                command.label = "apt-get"
                command.mounts = (command.mounts ?? []) + Self.localMirrors(context)
            }
        )
        let text = Text.lines(output).last { $0.hasPrefix("{") } ?? ""
        var resolved = try JSONText.decode(ABI.V1.Resolved.self, from: text.utf8)
        if let kept { resolved.packages = resolved.packages.map(kept.placed) }
        return resolved
    }

    /// Mirrors that are directories of this machine: the sandbox sees only what it is given.
    private static func localMirrors(_ context: ABI.V1.Context) -> [ABI.V1.Mount] {
        guard let configuration = context.configuration else { return [] }
        let uris = AptSource.read(directory: configuration + "/etc/apt").flatMap(\.uris)
        return FileURL.mounts(uris, workspace: context.workspace)
    }
}
