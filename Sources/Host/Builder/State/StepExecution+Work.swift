import Display
import LayerStore
import Support
import System
import TreeWire

/// Steps that declare what they read of the tree: their work is done once for the same of it.
extension StepExecution {
    /// All that the work of a step depends on; nil for one that may read everything, and where nothing is kept.
    func workInputs(of layer: PlannedLayer) throws(Failure) -> LayerInputs? {
        guard let work = layer.step.work, let cache = state.cache, let tree = state.tree else { return nil }
        // Base trees are inputs by themselves.
        var inputs = try state.inputs(of: layer.step, layer.part, above: nil, cache)
        inputs.add("paths that are read", work.reads)
        // Results carry this time.
        if let epoch = state.epoch { inputs.add("time of results", String(epoch)) }
        var order: [String] = []
        for directory in tree.lower.dropFirst(state.baseTrees.count) where work.isAffected(by: directory) {
            guard let key = Paths.parent(directory).map(Paths.name).flatMap({ LayerKey($0) }) else { return nil }
            order.append(key.text)
        }
        inputs.add("layers with what is read", order)
        return inputs
    }

    /// Runs a step, or copies to the tree what an earlier layer has of the same work.
    func perform(_ layer: PlannedLayer, _ inputs: LayerInputs?) throws(Failure) {
        guard let work = layer.step.work, let inputs, let earlier = try state.cache?.earlierWork(inputs) else {
            return try layer.step.run(on: state)
        }
        state.environment.display.log(.debug, "The step \(layer.name) would read what it has read before")
        let source = earlier.directory.tree
        let edits = work.results(in: source).map { path in
            var edit = TreeEdit(.copy, path, source: source + path)
            edit.keepsOwners = true
            return edit
        }
        try state.imageTree.apply(edits)
    }

    /// Makes the work of a layer available to later builds.
    func keepWork(_ layer: PlannedLayer, _ inputs: LayerInputs?, _ directory: LayerDirectory, _ key: LayerKey?)
        throws(Failure)
    {
        guard let work = layer.step.work, let inputs, let key, !state.hasMixedInputs, work.isAll(of: directory.tree)
        else {
            return
        }
        try state.cache?.store.add(key, equivalentTo: inputs.key)
    }
}
