import Display
import LayerStore
import Support
import System
import TreeWire

/// Takes the layers of an image from the cache, and runs the steps of those that are missing.
final class StepExecution: StepVisitor {
    let state: BuildState
    private var environment: BuildEnvironment { state.environment }
    let isDone = false
    /// The directory of changes whose times may still be later than the epoch.
    private var unclamped: String?

    init(_ state: BuildState) {
        self.state = state
    }

    func run(_ step: any BuildStep) throws(Failure) { try step.run(on: state) }

    func reach(_ layer: PlannedLayer, on chain: BuildState.Chain, isComplete: Bool) {}

    func find(_ layer: PlannedLayer, _ inputs: LayerInputs, in cache: LayerCache) throws(Failure) -> LayerCache.Kept? {
        let kept = try cache.find(layer.name, inputs, isStrict: layer.step.isStrict)
        for warning in kept?.result.warnings ?? [] { environment.display.log(.warning, warning) }
        return kept
    }

    func reuse(_ layer: PlannedLayer) {
        environment.display.send(
            .stepFinished(BuildEvent.StepID(name: layer.name, title: layer.step.title), .cached, duration: .zero)
        )
    }

    func make(
        _ layer: PlannedLayer,
        _ inputs: LayerInputs?,
        unknown: [LayerInputs.Change]
    ) throws(Failure) -> (directory: LayerDirectory, key: LayerKey?)? {
        let below = state.tree
        let chainKey = state.chains[layer.chain]?.key
        try state.cache?.checkUnchanged(below, state.shared.values)
        if layer.step.inputs.runsForeignCode { try clampTimes() }
        let directory = try begin(layer, inputs)
        let begun = LayeredTree(path: state.root, directory, above: below, isSealed: false)
        let hasOwnLayer = begun.upper != below?.upper
        if hasOwnLayer { try state.directories.adoptRoot(of: begun, installation: environment.installation) }
        let mayRepeat = hasOwnLayer && layer.step.inputs.isRepeatable
        let raisesLater = mayRepeat ? try state.links.isRaisingNeeded(begun, directory) == false : false
        if !raisesLater { try state.links.raise(begun, directory) }
        state.begin(directory, begun)
        let id = BuildEvent.StepID(name: layer.name, title: layer.step.title)
        do throws(Failure) {
            return try environment.display.step(id, because: reason(layer, inputs)) { () throws(Failure) in
                let work = try workInputs(of: layer)
                try perform(layer, work)
                if raisesLater, try state.links.isRaisingNeeded(begun, directory) != false {
                    try repeatWithLinks(layer, directory, begun)
                }
                try state.links.lower(directory)
                if let confinement = layer.step.confinement { try confinement.check(state.layer(directory.tree)) }
                if let tree = state.tree {
                    try environment.conditions.observer?.stepEnded(layer, tree, state.packages)
                }
                try noteMixedInputs(layer, inputs, chainKey)
                let made = try seal(layer, directory)
                try keepWork(layer, work, made.directory, made.key)
                return made
            }
        } catch {
            if error.code != .cancelled { throw try keepFailed(layer, error) }
            throw error
        }
    }

    /// Runs a step again that has changed, against expectation, a file with several names.
    ///
    /// Steps of our own hardly ever do: to copy such files first, each time, would cost more than most of these steps.
    private func repeatWithLinks(
        _ layer: PlannedLayer,
        _ directory: LayerDirectory,
        _ begun: LayeredTree
    ) throws(Failure) {
        try discard(directory.tree)
        try state.directories.adoptRoot(of: begun, installation: environment.installation)
        try state.links.raise(begun, directory)
        state.begin(directory, begun)
        try layer.step.run(on: state)
    }

    /// Notes whether something that the step reads was changed while it ran: then its layer is made of other inputs than
    /// its key says, or of some before the change and some after it.
    private func noteMixedInputs(
        _ layer: PlannedLayer,
        _ inputs: LayerInputs?,
        _ below: LayerKey?
    ) throws(Failure) {
        guard let cache = state.cache, let inputs, !state.hasMixedInputs else { return }
        let now = try state.inputs(of: layer.step, layer.part, above: below, cache)
        state.hasMixedInputs = now != inputs
    }

    func postpone(_ step: any BuildStep, unknown: [LayerInputs.Change]) throws(Failure) {
        throw Failure(.system, "The packages of the step \(step.name) were to be chosen before the steps below it ran")
    }

    /// Returns the reason why a step runs.
    private func reason(_ layer: PlannedLayer, _ inputs: LayerInputs?) -> BuildEvent.Reason {
        guard let cache = state.cache, let inputs else { return .notCached }
        guard let changes = cache.changes(layer.name, inputs) else { return .firstBuild }
        return .changes(changes.map { BuildEvent.Change(input: $0.name, old: $0.old, new: $0.new) })
    }

    /// The directory that takes what a step changes: a layer of its own in the store, or what its chain has changed.
    ///
    /// Layers serve later builds, and comparisons of steps. Without either they only make a tree slower and less like
    /// a plain directory.
    private func begin(_ layer: PlannedLayer, _ inputs: LayerInputs?) throws(Failure) -> LayerDirectory {
        if let cache = state.cache, let inputs { return try cache.begin(layer.name, inputs) }
        let isApart = !layer.step.keepsTree || layer.step.confinement != nil
        if isApart || environment.conditions.observer != nil {
            return try state.directories.begin(layer.name)
        }
        return try state.directories.begin(layer.name, on: layer.chain)
    }

    /// Ends the work on a layer: what it holds from now on does not change, nor the times that it shows.
    ///
    /// Times are set in the layer itself: set through the tree, they would copy files of other layers up.
    private func seal(
        _ layer: PlannedLayer,
        _ directory: LayerDirectory
    ) throws(Failure) -> (directory: LayerDirectory, key: LayerKey?) {
        state.timestamp = [state.timestamp, state.result.timestamp].compactMap(\.self).max()
        if !layer.step.keepsTree { try discard(directory.tree) }
        var seal = TreeSeal(to: state.epoch)
        if layer.chain == .image {
            // Reading the whole tree after each of our own steps would cost more than the steps.
            if directory.common == nil || layer.step.inputs.runsForeignCode {
                seal.clamp.append(directory.tree)
            } else {
                unclamped = directory.tree
            }
        }
        if state.opened.contains(.destination) { seal.clamp.append(directory.shared(.destination)) }
        seal.measures = state.openedDirectories.map { TreeSeal.Measure(directory.shared($0), as: .result) }
        if directory.common == nil { seal.links = TreeSeal.Links(tree: directory.tree, file: directory.links) }
        if state.cache != nil { seal.measures.append(TreeSeal.Measure(directory.tree, as: .layer)) }
        let isNeeded = !seal.measures.isEmpty || seal.links != nil || seal.time != nil && !seal.clamp.isEmpty
        let measures = isNeeded ? try LayerSealing(installation: environment.installation).run(seal) : []
        state.closeSharedDirectories(in: directory, measures)
        let kept = try state.cache.flatMap { cache throws(Failure) in
            try measures.last.flatMap { measure throws(Failure) in
                try cache.publish(layer.name, measure, state.result, isMixed: state.hasMixedInputs)
            }
        }
        state.use(kept?.directory ?? directory, state.result)
        return (kept?.directory ?? directory, kept?.key)
    }

    /// Clamps the times that steps without foreign code have left, before other code or the format sees them.
    func clampTimes() throws(Failure) {
        guard let tree = unclamped else { return }
        unclamped = nil
        var seal = TreeSeal(to: state.epoch)
        seal.clamp.append(tree)
        if seal.time != nil { _ = try LayerSealing(installation: environment.installation).run(seal) }
    }

    /// Leaves nothing of what a step has changed in the tree.
    private func discard(_ tree: String) throws(Failure) {
        try TreeDisposal.remove(tree, installation: environment.installation)
        do throws(SystemCallError) {
            try Files.makeDirectories(tree)
        } catch {
            throw Failure(.system, "Cannot make a layer", cause: error)
        }
    }

    /// The error of a step, after what the step has left was put aside for a look at it.
    private func keepFailed(_ layer: PlannedLayer, _ error: Failure) throws(Failure) -> Failure {
        guard try state.cache?.keepFailed(layer.name) != nil else { return error }
        var error = error
        let shell = "mkosi shell --at \(layer.name)"
        let hint = "\(shell) opens a shell in what the step began with, --failed in what it has left"
        error.hint = error.firstHint.map { "\($0); \(hint)" } ?? hint
        return error
    }
}
