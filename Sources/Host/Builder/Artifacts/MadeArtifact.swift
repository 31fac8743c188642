import PluginWire

/// A file of an artifact that is there.
struct MadeArtifact: Sendable {
    var artifact: ABI.V1.Artifact
    /// SHA-256 of its bytes.
    var digest: String
}
