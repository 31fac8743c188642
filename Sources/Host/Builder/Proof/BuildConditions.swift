/// What is special about a build that is compared with another one; a normal build has none of it.
public struct BuildConditions: Sendable {
    /// Writes down what each step leaves.
    public var recorder: BuildRecorder?
    /// What scripts and commands find otherwise than in every other build.
    public var variation: BuildVariation?
    /// Whether sync scripts are passed over: sources are to stay as they are.
    public var keepsSources = false

    public init(recorder: BuildRecorder? = nil) {
        self.recorder = recorder
    }
}
