import FoundationEssentials
import Glibc
import PluginWire

/// The tool `extend`, inside the sandbox: puts packages into a tree that has some already.
///
/// Upgrades, old configuration files and the scripts of old packages are dpkg's business, so this is dpkg's own work,
/// in as few runs as `Pre-Depends` allows.
struct ExtendTool {
    private let plan: InstallPlan
    private let channel: ToolChannel

    static func main(_ arguments: [String]) throws -> Int32 {
        let plan = try JSONText.decode(InstallPlan.self, from: Data(SystemFile.readInput() ?? []))
        let channel = try ToolChannel(path: plan.channel)
        try channel.reportingFailure { try ExtendTool(plan: plan, channel: channel).run() }
        return 0
    }

    private func run() throws {
        umask(0o022)
        let files = try PackageFile.find(plan.packages)
        let packages = try files.enumerated().map { try BinaryPackage(index: $0.offset, file: $0.element) }
        let order = InstallOrder(packages, isNewTree: false)
        let helpers = try ScriptHelpers(root: plan.root)
        defer { helpers.remove() }
        var waiting = packages
        var configured: Set<Int> = []
        while !waiting.isEmpty {
            let ready = order.ready(waiting, configured: configured)
            try dpkg("--unpack", ready.map(\.file.path))
            let done = Set(ready.map(\.index))
            waiting.removeAll { done.contains($0.index) }
            if waiting.isEmpty { break }
            let needed = order.prerequisites(waiting, configured: configured)
            if !needed.isEmpty { try dpkg("--configure", needed.map(\.databaseName)) }
            configured.formUnion(needed.map(\.index))
        }
        try dpkg("--configure", ["--pending"])
        let automatic = packages.filter { !plan.requested.contains($0.name) }
        try ExtendedStates(root: plan.root, architecture: plan.architecture).add(automatic)
        TreeCleaner.removeLeftovers(root: plan.root)
    }

    private func dpkg(_ action: String, _ arguments: [String]) throws {
        let command = DpkgCommand(
            root: plan.root,
            environment: ScriptHelpers.environment(sourceDateEpoch: plan.sourceDateEpoch),
            channel: channel,
            total: plan.packages.count
        )
        try command.run([action] + arguments)
    }
}
