import Configuration
import LayerStore
import PluginHost
import PluginWire
import Support

extension ImageConstruction {
    /// Finds out what a build would do; only which packages are meant is asked as a build asks.
    func plan(in workspace: borrowing Workspace) throws(Failure) -> ImagePlan {
        var plan = ImagePlan(image: image.name)
        let hasOutput = format.description.needsTree != false
        if hasOutput || !image[.buildScripts].isEmpty {
            let state = try prepare(workspace)
            defer { state.packages?.shutdown() }
            state.cache?.isReadOnly = true
            try addTree(state, hasOutput: hasOutput, to: &plan)
        }
        plan.steps.append(ImagePlan.Step(name: "assemble", title: "Assembling \(image.outputFileName)"))
        return plan
    }

    /// A layer that is kept, or would be.
    private struct Layer {
        var key: LayerKey
        var isReused: Bool
        var changes: [ImagePlan.Change]?
    }

    private func addTree(_ state: BuildState, hasOutput: Bool, to plan: inout ImagePlan) throws(Failure) {
        let layers = try state.packages.map { packages throws(Failure) in
            try addPackages(packages, state, to: &plan)
        }
        for step in BuildSteps.all {
            if step.isNeeded(for: image) {
                var entry = ImagePlan.Step(name: step.name, title: step.title)
                if let kind = step.layer, let layer = layers?[kind] {
                    entry.layer = kind.rawValue
                    entry.isReused = layer.isReused
                    entry.changes = layer.changes
                }
                plan.steps.append(entry)
            }
            if !hasOutput, step.name == BuildSteps.lastWithoutOutput { break }
        }
    }

    /// Chooses packages as far as that is possible before there is a tree, and looks for their layers.
    private func addPackages(
        _ packages: PackageManagement,
        _ state: BuildState,
        to plan: inout ImagePlan
    ) throws(Failure) -> [StepLayer: Layer] {
        var layers: [StepLayer: Layer] = [:]
        for request in PackageRequest.all(for: image, packages.distribution.description) {
            let isFirst = request.purpose == .packages && state.baseTrees.isEmpty
            let isDecided = isFirst ? true : try packages.isDecided(request)
            guard isDecided else {
                plan.undecided.append(request.purpose.rawValue)
                continue
            }
            let chosen = try packages.choose(request.purpose, isNew: isFirst, state)
            let kind = StepLayer.allCases.first { $0.packages == request.purpose }
            if let kind, let cache = state.cache, state.mayKeep(kind) {
                let parent = isFirst ? nil : layers[.packages]?.key
                let inputs = try cache.reading.layer(kind, chosen, packages, above: parent)
                let changes = cache.changes(kind, inputs)?
                    .map { ImagePlan.Change(input: $0.name, old: $0.old, new: $0.new) }
                layers[kind] = Layer(key: inputs.key, isReused: cache.contains(inputs), changes: changes)
                if layers[kind]?.isReused == true { continue }
            }
            plan.fetches += packages.missing(chosen)
        }
        return layers
    }
}
