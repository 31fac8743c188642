public import PluginKit
public import PluginWire

extension ArchPlugin {
    /// Takes packages out of the tree, with their configuration files.
    public func remove(_ request: ABI.V1.Remove, host: Host) throws {
        if request.names.isEmpty { return }
        _ = try ToolRun(host: host, context: request.context, place: .workspace(request.context)).run(
            "remove",
            plan: { RemovePlan(root: request.root, names: request.names, channel: $0) },
            change: { command in
                command.label = "pacman"
                command.apiMounts = request.root
            }
        )
    }
}
