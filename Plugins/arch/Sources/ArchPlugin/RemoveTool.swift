import ByteKeys
import DistributionKit
import Glibc
import JSON
import PluginKit
import PluginWire
import System

/// The input of the plugin's tool `remove` in the sandbox, as JSON on standard input.
struct RemovePlan: Codable, Sendable, Equatable {
    var root: String
    var names: [String]
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
                ByteSet(LocalDatabase.records(in: LocalDatabase.path).map(\.name))
            }
            let names = plan.names.filter(installed.contains)
            if names.isEmpty { return }
            let transaction = try TreeTransaction(
                root: plan.root,
                files: [],
                configuration: TreeTransaction.configuration(),
                sourceDateEpoch: nil,
                channel: channel
            )
            defer { transaction.remove() }
            try transaction.removePackages(names)
        }
        return 0
    }
}
