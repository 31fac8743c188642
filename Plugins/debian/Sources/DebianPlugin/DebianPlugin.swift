public import PluginKit
import PluginWire

/// The distributions with `.deb` packages, using apt and dpkg.
public struct DebianPlugin: DistributionPlugin {
    public init() {}

    /// The programs that the plugin runs inside the sandbox, by their names.
    public static let tools: [String: PluginMain.Command] = [
        "extend": { try ExtendTool.main($0) },
        "inspect": { try InspectTool.main($0) },
        "install": { try InstallTool.main($0) },
        "remove": { try RemoveTool.main($0) },
        "resolve": { try ResolveTool.main($0) },
        "script": { try ScriptTool.main($0) },
    ]
}
