public import PluginWire

/// What the author of an output format writes.
public protocol FormatPlugin: Sendable {
    /// The formats that the plugin provides; nil, the default, means those that `plugin.json` lists.
    func describe(host: Host) throws -> [ABI.V1.FormatDescription]?

    /// Makes the outputs out of a tree and artifacts.
    func assemble(_ request: ABI.V1.Assemble, host: Host) throws -> ABI.V1.Assembled
}

extension FormatPlugin {
    public func describe(host: Host) throws -> [ABI.V1.FormatDescription]? { nil }
}
