public import PluginWire

/// The code that the author of artifacts writes.
public protocol ArtifactPlugin: Sendable {
    /// The kinds that the plugin makes; nil, the default, means those that `plugin.json` lists.
    func describe(host: Host) throws -> [ABI.V1.ArtifactDescription]?

    /// Makes the files of one artifact in `request.staging`; the same request has to give the same bytes.
    func make(_ request: ABI.V1.MakeArtifact, host: Host) throws -> ABI.V1.MadeArtifact
}

extension ArtifactPlugin {
    public func describe(host: Host) throws -> [ABI.V1.ArtifactDescription]? { nil }
}
