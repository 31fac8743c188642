import DistributionKit
import Glibc
import JSON
import PluginKit
import PluginWire

/// The tool `extend`, inside the sandbox: puts packages into a tree that has some already.
///
/// Upgrades, old configuration files and the scripts of old packages are dpkg's business, so this is dpkg's own work,
/// in as few runs as `Pre-Depends` allows.
struct ExtendTool {
    private let plan: InstallPlan
    private let channel: ToolChannel

    static func main(_ arguments: [String]) throws -> Int32 {
        let plan = try JSONText.decode(InstallPlan.self, from: SystemFile.readInput() ?? [])
        let channel = try ToolChannel(path: plan.channel)
        try channel.reportingFailure(describedBy: ErrorObject.ofTool) {
            try ExtendTool(plan: plan, channel: channel).run()
        }
        return 0
    }

    private func run() throws {
        umask(0o022)
        let filter = PathFilter(configurationDirectory: "/etc/dpkg")
        let files = try PackageFile.find(plan.packages)
        let packages = try files.enumerated().map { try BinaryPackage(index: $0.offset, file: $0.element) }
        let order = InstallOrder(packages, isNewTree: false)
        var links = try PackageLinks(plan.packages)
        try TreeEntry.enter(plan.root)
        try DpkgCommand.check()
        try links.make()
        defer { links.remove() }
        let command = DpkgCommand(
            environment: DpkgScripts.environment(sourceDateEpoch: plan.sourceDateEpoch),
            channel: channel,
            total: plan.packages.count,
            filter: filter
        )
        let helpers = try DpkgScripts.helpers()
        defer { helpers.remove() }
        var waiting = packages
        var configured: Set<Int> = []
        while !waiting.isEmpty {
            let ready = order.ready(waiting, configured: configured)
            try command.run(
                ["--unpack"] + ready.map { links.paths[$0.index] },
                inheriting: ready.map { links.descriptors[$0.index] }
            )
            let done = Set(ready.map(\.index))
            waiting.removeAll { done.contains($0.index) }
            if waiting.isEmpty { break }
            let needed = order.prerequisites(waiting, configured: configured)
            if !needed.isEmpty { try command.run(["--configure"] + needed.map(\.databaseName)) }
            configured.formUnion(needed.map(\.index))
        }
        try command.run(["--configure", "--pending"])
        let automatic = packages.filter { !plan.requested.contains($0.name) }
        try ExtendedStates(architecture: plan.architecture).add(automatic)
        try plan.sources?.write(packages)
        TreeCleaner.removeLeftovers()
        channel.report(InstallFinding(installed: InspectTool.packages()))
    }
}
