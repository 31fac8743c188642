import ByteKeys
import DistributionKit
import Glibc
import JSON
import PluginKit
import PluginWire

/// The input of the plugin's tool `remove` in the sandbox, as JSON on standard input.
struct RemovePlan: Codable, Sendable, Equatable {
    var root: String
    var architecture: String
    var names: [String]
    var scratch: String
    var channel: String?
}

/// The tool `remove`, inside the sandbox: takes packages out of the tree.
enum RemoveTool {
    static func main(_ arguments: [String]) throws -> Int32 {
        let plan = try JSONText.decode(RemovePlan.self, from: SystemFile.readInput() ?? [])
        let channel = try ToolChannel(path: plan.channel)
        try channel.reportingFailure {
            umask(0o022)
            let installed = try TreeEntry.visit(plan.root) { () throws(ErrorObject) in
                ByteSet(InstalledDatabase.records().map(\.name))
            }
            let names = plan.names.filter(installed.contains)
            if names.isEmpty { return }
            let list = "\(plan.scratch)/no-repositories"
            try SystemFile.write(list, [])
            let command = ApkCommand(
                root: plan.root,
                architecture: plan.architecture,
                repositories: list,
                environment: ScriptEnvironment.variables(sourceDateEpoch: nil),
                channel: channel
            )
            try command.run("del", ["--rdepends"] + names)
            try TreeEntry.visit(plan.root) { () throws(ErrorObject) in ApkCommand.removeLeftovers() }
        }
        return 0
    }
}
