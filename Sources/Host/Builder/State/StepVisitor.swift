import LayerStore
import Support

/// The work of a `StepWalk` at each layer: a build makes missing ones, a plan notes them, a shell waits for its place.
protocol StepVisitor: AnyObject {
    /// True if the rest of the steps is of no interest.
    var isDone: Bool { get }
    /// Runs a step that has no tree.
    func run(_ step: any BuildStep) throws(Failure)
    /// The turn of a layer has come; `isComplete` says whether everything that it would be made on is there.
    func reach(_ layer: PlannedLayer, on chain: BuildState.Chain, isComplete: Bool)
    /// The layer that was made from the same inputs; nil where the step has to run.
    func find(_ layer: PlannedLayer, _ inputs: LayerInputs, in cache: LayerCache) throws(Failure) -> LayerCache.Kept?
    /// The layer was found.
    func reuse(_ layer: PlannedLayer)
    /// Makes the layer, or returns nil where that is not to be done now.
    ///
    /// `unknown` has inputs that only a build would know.
    func make(
        _ layer: PlannedLayer,
        _ inputs: LayerInputs?,
        unknown: [LayerInputs.Change]
    ) throws(Failure) -> (directory: LayerDirectory, key: LayerKey?)?
    /// The packages of a step can only be chosen when the build has come so far.
    func postpone(_ step: any BuildStep, unknown: [LayerInputs.Change]) throws(Failure)
}
