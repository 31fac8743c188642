import CFiles
import Glibc
import JSON
import PluginKit
import PluginWire

/// The input of the tool `rpm-remove` in the sandbox, as JSON on standard input.
struct RPMRemovePlan: Codable, Sendable, Equatable {
    var root: String
    var scratch: String
    var names: [String]
    var reasons: InstallReasons
    var sourceDateEpoch: Int?
    var channel: String?
}

/// The tool `rpm-remove`, inside the sandbox: takes packages, those that need them, and what only they needed, out of
/// the tree.
public struct RPMRemoveTool {
    public static func main(_ arguments: [String]) throws -> Int32 {
        let plan = try JSONText.decode(RPMRemovePlan.self, from: SystemFile.readInput() ?? [])
        let channel = try ToolChannel(path: plan.channel)
        try channel.reportingFailure(describedBy: ErrorObject.describing) { try run(plan, channel) }
        return 0
    }

    private static func run(_ plan: RPMRemovePlan, _ channel: ToolChannel) throws {
        umask(0o022)
        guard let database = try RPMDatabase.find(in: plan.root) else { return }
        let command = RPMCommand(scratch: plan.scratch, channel: channel, sourceDateEpoch: plan.sourceDateEpoch)
        try command.prepare(database: database.path)
        let automatic = try TreeEntry.visit(plan.root) { plan.reasons.read() }
        let graph = try RPMGraph(RPMQuery(database, command))
        let removed = graph.removal(of: Set(plan.names), automatic: automatic)
        if removed.isEmpty { return }
        var log = RPMLog()
        var done = 0
        let arguments = ["rpm", "--root", plan.root, "--dbpath", database.path, "--noplugins", "--erase", "--verbose"]
        let status = try command.run(arguments + ["--allmatches"] + removed.sorted()) { line in
            print(line)
            log.append(line)
            done += 1
            if !channel.isQuiet { channel.progress("remove", done: min(done, removed.count), total: removed.count) }
        }
        guard status == 0 else { throw log.failure(of: "removed", status: status) }
        for warning in log.warnings { channel.warning("rpm: \(warning)") }
        try RPMTree(database, command, reasons: plan.reasons).finish(requested: [], dependencies: [])
    }
}
