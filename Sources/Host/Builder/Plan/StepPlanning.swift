import Configuration
import LayerStore
import PluginWire
import Support

/// Goes through the steps of an image as a build does, and runs none.
///
/// What a step reads is known before those below it have run, but for what their scripts leave beside the tree.
final class StepPlanning {
    private let state: BuildState
    var plan: ImagePlan
    /// Chains of which a layer is missing that the build would make.
    private var incomplete: Set<StepChain> = []
    /// Chains of which not even the name of the next layer can be told.
    private var open: Set<StepChain> = []
    /// Directories that scripts would fill.
    private var openDirectories: Set<SharedDirectory> = []
    /// Outputs of other images that are made before this one.
    private let outputsToCome: [OutputReferences]
    /// The names of all layers that the steps make or would make.
    private(set) var names: [String] = []
    /// The layer whose input somebody wants to see.
    var wanted: String?
    /// What the wanted layer would be made on, once its turn has come; its step with it.
    private(set) var reached: (chain: BuildState.Chain, step: any BuildStep.Type, isComplete: Bool)?

    init(state: BuildState, image: String, outputsToCome: [OutputReferences] = []) {
        self.state = state
        self.outputsToCome = outputsToCome
        plan = ImagePlan(image: image)
        if !treesToCome(of: Self.baseTrees).isEmpty { open.insert(.image) }
    }

    private static let baseTrees = Setting<[String]>.baseTrees.name

    /// The trees of a setting that other images still have to make.
    private func treesToCome(of setting: String) -> [String] {
        let paths: [String] =
            switch state.image.value(named: setting) {
            case .list(let paths): paths
            case .trees(let trees): trees.map(\.source)
            default: []
            }
        return paths.filter { path in outputsToCome.contains { $0.leads(path) } }
    }

    /// What a step reads of outputs that are still to be made; the first one stands on the base trees.
    private func inputsToCome(of step: any BuildStep.Type, _ name: String, _ chain: StepChain) -> [ImagePlan.Change] {
        let isFirst = state.chains[chain]?.key == nil
        let settings = step.inputs.trees + (isFirst ? [Self.baseTrees] : [])
        return settings.flatMap { setting in
            treesToCome(of: setting).map { path in
                let input = "\(setting)= \(state.cache?.reading.place(path) ?? path)"
                let earlier = state.cache?.memory.layers[name]?.inputs[input]
                return ImagePlan.Change(input: input, old: earlier, new: "not made yet")
            }
        }
    }

    /// Whether what the chain ends with is only known when the build has run.
    func isOpen(_ chain: StepChain) -> Bool { incomplete.contains(chain) || open.contains(chain) }

    /// Adds what would happen with a step.
    func add(_ step: any BuildStep.Type) throws(Failure) {
        guard let chain = step.chain else {
            plan.steps.append(ImagePlan.Step(name: step.name, title: step.title))
            return
        }
        if state.chains[chain] == nil {
            state.chains[chain] = state.chains[.image]
            if incomplete.contains(.image) { incomplete.insert(chain) }
            if open.contains(.image) { open.insert(chain) }
        }
        state.tree = state.chains[chain]?.tree
        guard let parts = try parts(of: step, chain) else {
            plan.undecided.append(step.inputs.packages?.rawValue ?? step.name)
            let packages = ImagePlan.Change(input: "packages", old: nil, new: "chosen when the build is there")
            addUnknown(step, step.name, [packages] + inputsToCome(of: step, step.name, chain), on: chain)
            return
        }
        if parts.isEmpty { try add(step, step.name, nil, on: chain) }
        for (index, part) in parts.enumerated() {
            try add(step, BuildState.name(of: step, part: index), part, on: chain)
            guard part.purpose == .packages, let chain = state.chains[chain] else { continue }
            state.packageParts.append((chain, (state.packageParts.last?.packages ?? []) + part.packages))
        }
    }

    /// The packages of a step; nil where they cannot be chosen before the build has come so far.
    private func parts(of step: any BuildStep.Type, _ chain: StepChain) throws(Failure) -> [PackagePart]? {
        guard let purpose = step.inputs.packages, let packages = state.packages else { return [] }
        let isNew = purpose == .packages && state.baseTrees.isEmpty
        if !isNew, isOpen(chain) {
            let request = packages.request(purpose, isNew: isNew)
            if request.names.isEmpty { return [] }
            let base = state.packageParts.last?.packages ?? []
            if purpose == .volatile || !treesToCome(of: Self.baseTrees).isEmpty { return nil }
            guard try packages.isDecided(request, above: base) else { return nil }
        }
        return try state.parts(of: step, on: chain)
    }

    private func add(
        _ step: any BuildStep.Type,
        _ name: String,
        _ part: PackagePart?,
        on chain: StepChain
    ) throws(Failure) {
        names.append(name)
        if name == wanted, reached == nil {
            let isComplete = !isOpen(chain) && read(by: step).isDisjoint(with: openDirectories)
            reached = (state.chains[chain] ?? BuildState.Chain(), step, isComplete)
        }
        guard let cache = state.cache else {
            add(step, name, nil)
            if let part { try fetch(part) }
            incomplete.insert(chain)
            return
        }
        let toCome = inputsToCome(of: step, name, chain)
        if !toCome.isEmpty {
            if let part { try fetch(part) }
            return addUnknown(step, name, toCome, on: chain)
        }
        let inputs = try state.inputs(of: step, part, above: state.chains[chain]?.key, cache)
        let unknown = read(by: step).intersection(openDirectories)
        if !open.contains(chain), unknown.isEmpty, let kept = try cache.peek(name, inputs) {
            plan.steps.append(ImagePlan.Step(name: name, title: step.title, isReused: true))
            state.use(kept.directory, kept.result)
            if step.keepsTree { state.push(kept.directory, of: step, on: chain, key: kept.key) }
            return
        }
        var changes = cache.changes(name, inputs)?.map(ImagePlan.Change.init)
        for directory in unknown {
            changes = (changes ?? []).filter { $0.input != "results in \(directory.rawValue)" }
            changes?.append(ImagePlan.Change(input: "results in \(directory.rawValue)", old: nil, new: "not made yet"))
        }
        add(step, name, changes)
        if let part { try fetch(part) }
        openDirectories.formUnion(written(by: step))
        if !unknown.isEmpty { open.insert(chain) }
        guard step.keepsTree else { return }
        incomplete.insert(chain)
        state.chains[chain]?.key = inputs.key
    }

    private func add(_ step: any BuildStep.Type, _ name: String, _ changes: [ImagePlan.Change]?) {
        plan.steps.append(ImagePlan.Step(name: name, title: step.title, changes: changes))
    }

    /// Adds a step of which not all inputs can be told before the build has come so far.
    private func addUnknown(
        _ step: any BuildStep.Type,
        _ name: String,
        _ changes: [ImagePlan.Change],
        on chain: StepChain
    ) {
        add(step, name, changes)
        openDirectories.formUnion(written(by: step))
        open.insert(chain)
        // No layer can have this key, nor can one that lies on top.
        var inputs = LayerInputs()
        inputs.add("step", name)
        state.chains[chain]?.key = inputs.key
    }

    private func fetch(_ part: PackagePart) throws(Failure) {
        plan.fetches += try state.packages?.missing(part.packages) ?? []
    }

    private func written(by step: any BuildStep.Type) -> Set<SharedDirectory> {
        guard let kind = step.inputs.scripts else { return [] }
        return Set(SharedDirectory.allCases.filter { $0.isSeen(by: kind) })
    }

    private func read(by step: any BuildStep.Type) -> Set<SharedDirectory> {
        written(by: step).filter(\.isHandedOn).union(step.inputs.directories)
    }
}

extension ImagePlan.Change {
    init(_ change: LayerInputs.Change) {
        self.init(input: change.name, old: change.old, new: change.new)
    }
}
