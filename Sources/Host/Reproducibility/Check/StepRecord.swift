public import Builder

/// The list of entries that one step, or one of its scripts, had left when it ended.
public struct StepRecord: Sendable {
    /// The directory that was listed, by its purpose.
    public var place: ObservedDirectory.Role
    /// The name of the step.
    public var step: String
    /// The path of the script, for one of a step of scripts.
    public var script: String?
    /// The path of the directory that was listed.
    public var directory: String
    /// The list, as `TreeManifest` has it.
    public var file: String
    /// True if what it lists can become a part of the image.
    public var isPartOfImage: Bool

    /// Returns true if two records are of the same moment of two builds.
    func matches(_ other: StepRecord) -> Bool {
        (place, step, script) == (other.place, other.step, other.script)
    }
}
