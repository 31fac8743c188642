public import PluginKit
import PluginWire

/// Arch Linux and what is derived from it, using pacman.
public struct ArchPlugin: DistributionPlugin {
    public init() {}

    /// The programs that the plugin runs inside the sandbox, by their names.
    public static let tools: [String: PluginMain.Command] = [
        "inspect": { try InspectTool.main($0) },
        "install": { try InstallTool.main($0) },
        "remove": { try RemoveTool.main($0) },
        "resolve": { try ResolveTool.main($0) },
        "script": { try ScriptTool.main($0) },
    ]
}
