import FoundationEssentials
import Glibc
import PluginWire

/// What the plugin tells its tool `remove` in the sandbox, as JSON on standard input.
struct RemovePlan: Codable, Sendable, Equatable {
    var root: String
    var architecture: String
    var cache: String
    var names: [String]
    var channel: String?
}

/// The tool `remove`, inside the sandbox: takes packages, and those that need them, out of the tree.
struct RemoveTool {
    static func main(_ arguments: [String]) throws -> Int32 {
        let plan = try JSONText.decode(RemovePlan.self, from: Data(SystemFile.readInput() ?? []))
        let channel = try ToolChannel(path: plan.channel)
        try channel.reportingFailure { try run(plan, channel) }
        return 0
    }

    private static func run(_ plan: RemovePlan, _ channel: ToolChannel) throws {
        umask(0o022)
        let status = plan.root + DpkgDatabase.path + "/status"
        let apt = AptCommand(cache: plan.cache, architecture: plan.architecture, statusFile: status, channel: channel)
        try apt.prepare()
        // apt knows what depends on the packages; dpkg, which does the work, is told all of it at once.
        let outcome = try apt.run(
            ["--simulate", "--allow-remove-essential", "-o", "APT::Get::AutomaticRemove=false", "purge"] + plan.names
        )
        guard outcome.status == 0 else { throw AptFailure.ofResolution(outcome.messages, all: outcome.output) }
        let names = outcome.output.compactMap { line -> String? in
            let words = Text.words(line)
            return words.count > 1 && (words[0] == "Purg" || words[0] == "Remv") ? words[1] : nil
        }
        if names.isEmpty { return }
        let helpers = try ScriptHelpers(root: plan.root)
        defer { helpers.remove() }
        let command = DpkgCommand(
            root: plan.root,
            environment: ScriptHelpers.environment(sourceDateEpoch: nil),
            channel: channel,
            total: names.count
        )
        try command.run(["--force-remove-essential", "--force-remove-protected", "--purge"] + names)
        TreeCleaner.removeLeftovers(root: plan.root)
    }
}
