import ByteKeys
import JSON
public import PluginKit
public import PluginWire

extension PostmarketosPlugin {
    /// Reads apk's database of the tree.
    public func inspect(_ request: ABI.V1.Inspect, host: Host) throws -> ABI.V1.Inspected {
        try Self.ask(InspectPlan(root: request.root), host)
    }

    /// Looks paths up in apk's database.
    public func owners(_ request: ABI.V1.Owners, host: Host) throws -> ABI.V1.Owned {
        try Self.ask(InspectPlan(root: request.root, paths: request.paths), host)
    }

    private static func ask<Answer: Decodable>(_ plan: InspectPlan, _ host: Host) throws -> Answer {
        let ran = try host.runTool("inspect", plan, label: "inspect", capture: true)
        return try JSONText.decode(Answer.self, from: Array((ran.output ?? "").utf8))
    }
}
