import ByteKeys
import Configuration
import LayerStore
import PluginWire
import Support

/// Notes what a build would do, and runs nothing.
final class StepPlanning: StepVisitor {
    private let state: BuildState
    private(set) var plan: ImagePlan
    /// The names of all layers that the steps make or would make.
    private(set) var names: [String] = []
    /// The layer whose input is wanted; nil: the whole plan is.
    private let wanted: String?
    /// The chain on which the wanted layer would be made, once its turn has come, with its step.
    private(set) var reached: (chain: BuildState.Chain, step: any BuildStep, isComplete: Bool)?

    init(state: BuildState, image: String, upTo wanted: String? = nil) {
        self.state = state
        self.wanted = wanted
        plan = ImagePlan(image: image)
    }

    var isDone: Bool { reached != nil }

    func run(_ step: any BuildStep) { plan.steps.append(ImagePlan.Step(name: step.name, title: step.title)) }

    func reach(_ layer: PlannedLayer, on chain: BuildState.Chain, isComplete: Bool) {
        names.append(layer.name)
        if layer.name == wanted { reached = (chain, layer.step, isComplete) }
    }

    func find(_ layer: PlannedLayer, _ inputs: LayerInputs, in cache: LayerCache) throws(Failure) -> LayerCache.Kept? {
        try cache.peek(layer.name, inputs)
    }

    func reuse(_ layer: PlannedLayer) {
        plan.steps.append(ImagePlan.Step(name: layer.name, title: layer.step.title, isReused: true))
    }

    func make(
        _ layer: PlannedLayer,
        _ inputs: LayerInputs?,
        unknown: [LayerInputs.Change]
    ) throws(Failure) -> (directory: LayerDirectory, key: LayerKey?)? {
        var changes = inputs.flatMap { state.cache?.changes(layer.name, $0) }
        if state.cache != nil, !unknown.isEmpty {
            let names = ByteSet(unknown.map(\.name))
            changes = (changes ?? []).filter { !names.contains($0.name) } + unknown
        }
        add(layer.step, layer.name, changes)
        if let part = layer.part, let missing = try state.packages?.missing(part.packages) {
            plan.fetches += missing.map { ImagePlan.Fetch(name: $0.fileName, size: $0.size) }
        }
        return nil
    }

    func postpone(_ step: any BuildStep, unknown: [LayerInputs.Change]) {
        plan.undecided.append(step.inputs.packages?.rawValue ?? step.name)
        add(step, step.name, unknown)
    }

    private func add(_ step: any BuildStep, _ name: String, _ changes: [LayerInputs.Change]?) {
        plan.steps.append(
            ImagePlan.Step(name: name, title: step.title, changes: changes?.map(ImagePlan.Change.init))
        )
    }
}

extension ImagePlan.Change {
    init(_ change: LayerInputs.Change) {
        self.init(input: change.name, old: change.old, new: change.new)
    }
}
