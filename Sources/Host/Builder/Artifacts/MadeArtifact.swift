import ByteKeys
import PluginWire

/// A file of an artifact that is there.
struct MadeArtifact: Sendable {
    var artifact: ABI.V1.Artifact
    /// SHA-256 of its bytes, or for a file that only formats use what it is made from; empty where nothing is kept.
    var digest: String
}

/// The result of one item of the plan of artifacts.
struct MadeItem: Sendable {
    var files: [MadeArtifact] = []
    /// The facts about it that others may need, by name.
    var facts: ByteDictionary<String> = [:]
}
