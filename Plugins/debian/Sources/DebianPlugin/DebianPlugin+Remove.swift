public import PluginKit
public import PluginWire

extension DebianPlugin {
    /// Takes packages out of the tree, with their configuration files.
    public func remove(_ request: ABI.V1.Remove, host: Host) throws {
        if request.names.isEmpty { return }
        let context = request.context
        let scratch = try ToolRun.privateDirectory(below: context.workspace, for: "apt-removal")
        _ = try ToolRun(host: host, context: context, place: .workspace(context)).run(
            "remove",
            plan: { pipe in
                RemovePlan(
                    root: request.root,
                    architecture: context.localArchitecture,
                    scratch: scratch,
                    names: request.names,
                    channel: pipe
                )
            },
            change: { command in
                command.label = "dpkg"
                command.apiMounts = request.root
                command.show(scratch, writable: true)
            }
        )
    }
}
