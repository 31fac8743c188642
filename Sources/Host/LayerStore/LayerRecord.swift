public import ByteKeys
public import JSON
import PluginWire

/// The record of a layer: `record.json` in its directory.
public struct LayerRecord: Codable, Sendable, Equatable {
    /// The title of the step, for display.
    public var step: String
    /// The inputs that it was made from, as `LayerInputs.values`.
    public var inputs: ByteDictionary<String>
    /// The layer below it; absent for one that starts from nothing.
    public var parent: String?
    /// Seconds since the epoch.
    public var created: Int
    /// The time that the step took, in milliseconds.
    public var duration: Int
    /// Bytes on disk, and how many files, directories and links.
    public var size: Int
    public var entries: Int
    /// The digest of the layer's tree, for `mkosi cache verify`.
    public var digest: String
    /// The `TreeStamp` of the tree; absent in layers that older programs made.
    public var stamp: String?
    /// The `TreeStamp` of the directories that its scripts left for later steps; absent where there are none.
    public var sharedStamp: String?
    /// The results of the step besides the tree, in its own encoding.
    public var result: JSON?

    /// A layer with what is known of it.
    public struct Place: Sendable {
        public var key: LayerKey
        public var tree: String
        /// The directory of files that scripts left for later steps.
        public var shared: String
        public var record: LayerRecord

        public init(of layer: borrowing HeldLayer) {
            (key, tree, shared, record) = (layer.key, layer.tree, layer.shared, layer.record)
        }
    }

    public init(step: String, inputs: LayerInputs, parent: LayerKey?) {
        self.step = step
        self.inputs = inputs.values
        self.parent = parent?.text
        created = 0
        duration = 0
        size = 0
        entries = 0
        digest = ""
    }
}
