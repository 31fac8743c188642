import ByteKeys
import DistributionKit
import JSON
public import PluginKit
public import PluginWire
import System

extension ArchPlugin {
    /// Reads pacman's database of the tree.
    public func inspect(_ request: ABI.V1.Inspect, host: Host) throws -> ABI.V1.Inspected {
        try Self.ask(InspectPlan(root: request.root), host)
    }

    /// Looks paths up in pacman's lists of files.
    public func owners(_ request: ABI.V1.Owners, host: Host) throws -> ABI.V1.Owned {
        var owned = ABI.V1.Owned(owners: [:])
        // A job is an argument of a command, whose length is limited.
        for start in stride(from: 0, to: request.paths.count, by: pathsAtOnce) {
            let paths = Array(request.paths[start..<min(start + pathsAtOnce, request.paths.count)])
            let some: ABI.V1.Owned = try Self.ask(InspectPlan(root: request.root, paths: paths), host)
            owned.owners.merge(some.owners) { $1 }
        }
        return owned
    }

    private var pathsAtOnce: Int { 200 }

    private static func ask<Answer: Decodable>(_ plan: InspectPlan, _ host: Host) throws -> Answer {
        let ran = try host.runTool("inspect", plan, label: "inspect", capture: true)
        return try JSONText.decode(Answer.self, from: Array((ran.output ?? "").utf8))
    }
}
