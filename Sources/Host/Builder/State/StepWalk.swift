import ByteKeys
import Configuration
import Execution
import LayerStore
import PluginWire
import Support

/// Goes through the steps of an image in their order, layer by layer, for builds, plans and shells alike.
///
/// What a step reads is known before those below it have run, except for what their scripts leave in shared
/// directories.
final class StepWalk {
    private let plan: BuildPlan
    private let state: BuildState
    private let visitor: any StepVisitor
    /// Outputs of other images that are made before this one, and are not there yet.
    private let outputsToCome: [OutputReferences]
    private(set) var knowledge = StepKnowledge()

    init(
        _ plan: BuildPlan,
        of state: BuildState,
        outputsToCome: [OutputReferences] = [],
        for visitor: any StepVisitor
    ) {
        self.plan = plan
        self.state = state
        self.outputsToCome = outputsToCome
        self.visitor = visitor
        if !treesToCome(of: Self.baseTrees).isEmpty { knowledge.lose(.image) }
    }

    func run() throws(Failure) {
        for step in plan.steps where !visitor.isDone {
            try state.environment.cancellation.check()
            if let chain = step.chain { try visit(step, on: chain) } else { try visitor.run(step) }
        }
        state.tree = state.chains[.image]?.tree
    }

    // MARK: - Steps

    private func visit(_ step: any BuildStep, on chain: StepChain) throws(Failure) {
        // What only build scripts see begins where the image is at that moment.
        if state.chains[chain] == nil {
            state.chains[chain] = state.chains[.image]
            knowledge.branch(chain, from: .image)
        }
        state.tree = state.chains[chain]?.tree
        guard let parts = try parts(of: step, on: chain) else {
            let packages = LayerInputs.Change(name: "packages", old: nil, new: "resolved during the build")
            let layer = PlannedLayer(step: step, chain: chain)
            try visitor.postpone(step, unknown: [packages] + inputsToCome(of: layer))
            return lose(layer)
        }
        if parts.isEmpty { return try visit(PlannedLayer(step: step, chain: chain)) }
        for (index, part) in parts.enumerated() {
            try visit(PlannedLayer(step: step, chain: chain, part: part, index: index))
            guard part.purpose == .packages, let chain = state.chains[chain] else { continue }
            state.packageParts.append((chain, (state.packageParts.last?.packages ?? []) + part.packages))
        }
    }

    /// The packages of a step; nil where they cannot be chosen before the build has come so far.
    private func parts(of step: any BuildStep, on chain: StepChain) throws(Failure) -> [PackagePart]? {
        guard let purpose = step.inputs.packages, let packages = state.packages else { return [] }
        let isNew = purpose == .packages && state.baseTrees.isEmpty
        if !isNew, knowledge.isOpen(chain) {
            let request = packages.request(purpose, isNew: isNew)
            if request.names.isEmpty { return [] }
            let base = state.packageParts.last?.packages ?? []
            if purpose == .volatile || !treesToCome(of: Self.baseTrees).isEmpty { return nil }
            guard try packages.isDecided(request, above: base) else { return nil }
        }
        return try state.parts(of: step, on: chain)
    }

    // MARK: - Layers

    private func visit(_ layer: PlannedLayer) throws(Failure) {
        let (step, chain) = (layer.step, layer.chain)
        let below = state.chains[chain] ?? BuildState.Chain()
        state.tree = below.tree
        state.part = layer.part
        state.packagesBelow = below.packages
        let unknownDirectories = knowledge.unknownDirectories(of: step.inputs)
        let isComplete = !knowledge.isOpen(chain) && unknownDirectories.isEmpty
        visitor.reach(layer, on: below, isComplete: isComplete)
        let toCome = state.cache == nil ? [] : inputsToCome(of: layer)
        if !toCome.isEmpty {
            _ = try visitor.make(layer, nil, unknown: toCome)
            return lose(layer)
        }
        let inputs = try state.cache.map { cache throws(Failure) in
            try state.inputs(of: step, layer.part, above: below.key, cache)
        }
        if let cache = state.cache, let inputs, knowledge.hasKey(chain), unknownDirectories.isEmpty,
            let kept = try visitor.find(layer, inputs, in: cache)
        {
            state.use(kept.directory, kept.result)
            if step.keepsTree {
                state.push(kept.directory, of: step, on: chain, key: kept.key, kept.result.packages)
            }
            return visitor.reuse(layer)
        }
        let unknown = unknownDirectories.map {
            LayerInputs.Change(name: CacheKeyBuilder.results(in: $0), old: nil, new: "not created yet")
        }
        if let made = try visitor.make(layer, inputs, unknown: unknown) {
            if step.keepsTree {
                state.push(made.directory, of: step, on: chain, key: made.key, state.result.packages)
            }
            return
        }
        knowledge.miss(layer, hasKey: unknownDirectories.isEmpty)
        if step.keepsTree, let inputs { state.chains[chain]?.key = inputs.key }
    }

    /// Goes on after a layer of which not all inputs can be told before the build has come so far.
    private func lose(_ layer: PlannedLayer) {
        knowledge.miss(layer, hasKey: false)
        // No layer can have this key, nor can one that is made on top.
        var inputs = LayerInputs()
        inputs.add("step", layer.name)
        state.chains[layer.chain]?.key = inputs.key
    }

    // MARK: - Outputs of other images

    private static let baseTrees = settingName(.baseTrees)

    /// The trees of a setting that other images still have to make.
    private func treesToCome(of setting: String) -> [String] {
        if outputsToCome.isEmpty { return [] }
        let paths: [String] =
            switch state.image.value(named: setting) {
            case .list(let paths): paths
            case .trees(let trees): trees.map(\.source)
            default: []
            }
        return paths.filter { path in outputsToCome.contains { $0.leads(path) } }
    }

    /// Returns the inputs from outputs that are still to be made; the first layer is made on the base trees.
    private func inputsToCome(of layer: PlannedLayer) -> [LayerInputs.Change] {
        if outputsToCome.isEmpty { return [] }
        let isFirst = state.chains[layer.chain]?.key == nil
        let declared = layer.step.settings
        let settings = declared.names(.content) + declared.names(.copy) + (isFirst ? [Self.baseTrees] : [])
        return settings.flatMap { setting in
            treesToCome(of: setting).map { path in
                let input = "\(setting)= \(state.cache?.reading.place(path) ?? path)"
                let earlier = state.cache?.memory.layers[layer.name]?.inputs[input]
                return LayerInputs.Change(name: input, old: earlier, new: "not created yet")
            }
        }
    }
}
