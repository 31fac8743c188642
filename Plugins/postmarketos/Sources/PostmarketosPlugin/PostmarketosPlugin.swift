public import PluginKit
import PluginWire

/// Distributions with packages in the format of apk, version 2.
public struct PostmarketosPlugin: DistributionPlugin {
    public init() {}

    /// The programs that the plugin runs inside the sandbox, by their names.
    public static let tools: [String: PluginMain.Command] = [
        "digest": { try DigestTool.main($0) },
        "inspect": { try InspectTool.main($0) },
        "install": { try InstallTool.main($0) },
        "remove": { try RemoveTool.main($0) },
        "resolve": { try ResolveTool.main($0) },
        "script": { try ScriptTool.main($0) },
    ]
}
