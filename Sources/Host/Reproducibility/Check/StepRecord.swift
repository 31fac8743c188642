public import Builder

/// What one step, or one of its scripts, had left when it ended: a list of entries in a file.
public struct StepRecord: Sendable {
    /// Which directory was listed.
    public var place: ObservedDirectory.Role
    /// The name of the step.
    public var step: String
    /// The path of the script, for one of a step of scripts.
    public var script: String?
    /// What was listed.
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
