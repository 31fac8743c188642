public import Builder
public import Configuration
public import Support

/// The special conditions of one of two builds that are compared.
public struct ProofConditions: Sendable {
    /// Writes down what each step leaves.
    public var recorder: BuildRecorder
    /// The differences between its conditions and those of the other build.
    public var variation: BuildVariation?
    /// True if sync scripts are left out: sources are to stay as they are.
    public var keepsSources = false

    public init(recorder: BuildRecorder) {
        self.recorder = recorder
    }

    /// The same, as the builder has it.
    public var conditions: BuildConditions {
        var conditions = BuildConditions()
        conditions.observer = recorder
        conditions.variation = variation
        conditions.keepsSources = keepsSources
        return conditions
    }
}

extension BuildRecorder {
    /// Lists the layers that the last build of an image used, step by step.
    public func recordLayers(
        of image: ImageConfiguration,
        variables: [String: String]
    ) throws(Failure) -> [StepRecord] {
        try ProofSeed.visitLayers(of: image, variables: variables) { step, result throws(Failure) in
            try record(result, step: step)
        }
        return records
    }
}
