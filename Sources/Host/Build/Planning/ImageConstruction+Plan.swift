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

    private func addTree(_ state: BuildState, hasOutput: Bool, to plan: inout ImagePlan) throws(Failure) {
        let layer = try state.packages.map { packages throws(Failure) in try addPackages(packages, state, to: &plan) }
        for step in BuildSteps.all {
            if step.isNeeded(for: image) {
                var entry = ImagePlan.Step(name: step.name, title: step.title)
                if step.layer == .packages, let layer = layer ?? nil {
                    entry.layer = StepLayer.packages.rawValue
                    entry.isReused = layer.isReused
                    entry.changes = layer.changes
                }
                plan.steps.append(entry)
            }
            if !hasOutput, step.name == BuildSteps.lastWithoutOutput { break }
        }
    }

    /// Chooses packages as far as that is possible before there is a tree, and looks for their layer.
    private func addPackages(
        _ packages: PackageManagement,
        _ state: BuildState,
        to plan: inout ImagePlan
    ) throws(Failure) -> (isReused: Bool, changes: [ImagePlan.Change]?)? {
        var layer: (isReused: Bool, changes: [ImagePlan.Change]?)?
        for request in PackageRequest.all(for: image, packages.distribution.description) {
            let isFirst = request.purpose == .packages && state.baseTrees.isEmpty
            let isDecided = isFirst ? true : try packages.isDecided(request)
            guard isDecided else {
                plan.undecided.append(request.purpose.rawValue)
                continue
            }
            let chosen = try packages.choose(request.purpose, isNew: isFirst, state)
            if isFirst { layer = try self.layer(chosen, packages, state) }
            if isFirst, layer?.isReused == true { continue }
            plan.fetches += packages.missing(chosen)
        }
        return layer
    }

    private func layer(
        _ chosen: [ABI.V1.Package],
        _ packages: PackageManagement,
        _ state: BuildState
    ) throws(Failure) -> (isReused: Bool, changes: [ImagePlan.Change]?)? {
        guard let cache = state.cache else { return nil }
        let inputs = try cache.reading.layer(.packages, chosen, packages)
        let changes = cache.changes(.packages, inputs)?
            .map { ImagePlan.Change(input: $0.name, old: $0.old, new: $0.new) }
        return (cache.contains(inputs), changes)
    }
}
