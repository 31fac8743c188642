import ByteKeys
import PluginWire

/// A file of an artifact that is there.
struct MadeArtifact: Sendable {
    var artifact: ABI.V1.Artifact
    /// SHA-256 of its bytes, or for a file that only formats use what it is made from; empty where nothing is kept.
    var digest: String
}

/// What was made for one item of the plan of artifacts.
struct MadeItem: Sendable {
    var files: [MadeArtifact] = []
    /// What others may have to know of it, by name.
    var facts: ByteDictionary<String> = [:]
}
