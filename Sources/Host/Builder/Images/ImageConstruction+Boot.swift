import Artifacts
import Configuration
import Display
import LayerStore
import PluginHost
import PluginWire
import Support

/// The work between the finished tree and the outputs: artifacts, then boot loaders in the tree.
extension ImageConstruction {
    /// Makes the artifacts that the format and the boot loaders ask for, and installs the boot loaders.
    func makeBootParts(_ parts: BootParts, _ state: BuildState, _ workspace: String) throws(Failure) -> BootResult {
        guard let need = try bootNeed(parts, state) else { return .none }
        try StepWalk(BuildPlan(steps: directorySteps(need, parts)), of: state, for: StepExecution(state)).run()
        let made = try ArtifactMaking(state, parts, workspace: workspace).make(need.plan)
        let result = BootResult(plan: need.plan, made: made, kernels: need.kernels)
        let steps = bootSteps(need.loaders, parts, result, state, workspace)
        if !steps.isEmpty { try StepWalk(BuildPlan(steps: steps), of: state, for: StepExecution(state)).run() }
        return result
    }

    /// Adds what would happen with artifacts and boot loaders to the plan of an image.
    ///
    /// - Returns: what the outputs would be made from; nil if that is known only when the build has come so far.
    func planBootParts(
        _ parts: BootParts,
        _ state: BuildState,
        _ workspace: String,
        isOpen: Bool,
        _ plan: inout ImagePlan
    ) throws(Failure) -> BootResult? {
        let closure = try parts.closure()
        if closure.isEmpty, parts.loaders.isEmpty { return BootResult.none }
        let unknown = [ImagePlan.Change(input: "tree", old: nil, new: "not created yet")]
        guard !isOpen, let need = try bootNeed(parts, state) else {
            if isOpen {
                plan.steps += closure.kinds.map { kind in
                    let item = ArtifactPlan.Item(description: kind, inputs: [], level: 0)
                    var step = ImagePlan.Step(name: item.name, title: "Making \(item.title)", changes: unknown)
                    if let reads = kind.reads, !reads.isEmpty, state.cache != nil {
                        // Whatever else changes in the tree, it is made again only if these paths do.
                        step.awaitsTree = true
                        step.changes = [
                            ImagePlan.Change(
                                input: "tree at \(reads.joined(separator: ", "))",
                                old: nil,
                                new: "not created yet"
                            )
                        ]
                    }
                    return step
                }
                plan.steps += parts.loaders.map { loader in
                    ImagePlan.Step(
                        name: BootloaderStep.name(loader),
                        title: BootloaderStep.title(loader),
                        changes: unknown
                    )
                }
                return nil
            }
            return BootResult.none
        }
        let directories = StepPlanning(state: state, image: image.name)
        let walk = StepWalk(BuildPlan(steps: directorySteps(need, parts)), of: state, for: directories)
        try walk.run()
        plan.steps += directories.plan.steps
        let making = ArtifactMaking(state, parts, workspace: workspace)
        var made: [MadeItem?] = []
        for item in need.plan.items {
            let given = (item.inputs + item.stated).map { made[$0] }
            let id = item.id
            var step = ImagePlan.Step(name: id.name, title: id.title)
            made.append(nil)
            if given.contains(where: { $0 == nil }) {
                step.changes = [ImagePlan.Change(input: "artifacts", old: nil, new: "not created yet")]
            } else {
                let found = try making.find(item, ArtifactMaking.Given(item, of: made.map { $0 ?? MadeItem() }))
                step.isReused = found.made != nil
                made[made.count - 1] = found.made
                step.changes = found.inputs.flatMap { state.cache?.changes(item.name, $0) }?.map(ImagePlan.Change.init)
            }
            plan.steps.append(step)
        }
        guard !made.contains(where: { $0 == nil }) else {
            plan.steps += need.loaders.map { loader in
                let changes = [ImagePlan.Change(input: "artifacts", old: nil, new: "not created yet")]
                return ImagePlan.Step(
                    name: BootloaderStep.name(loader),
                    title: BootloaderStep.title(loader),
                    changes: changes
                )
            }
            return nil
        }
        let result = BootResult(plan: need.plan, made: made.compactMap(\.self), kernels: need.kernels)
        let planning = StepPlanning(state: state, image: image.name)
        let loaders = StepWalk(
            BuildPlan(steps: bootSteps(need.loaders, parts, result, state, workspace)),
            of: state,
            for: planning
        )
        try loaders.run()
        plan.steps += planning.plan.steps
        return loaders.knowledge.isOpen(.image) ? nil : result
    }

    /// Goes on to the step of a boot loader that `planning` is to reach, after the steps of the tree.
    func reachBootloaders(
        _ parts: BootParts,
        _ state: BuildState,
        _ workspace: String,
        for planning: StepPlanning
    ) throws(Failure) {
        guard let need = try bootNeed(parts, state), !need.loaders.isEmpty else { return }
        try StepWalk(BuildPlan(steps: directorySteps(need, parts)), of: state, for: planning).run()
        let making = ArtifactMaking(state, parts, workspace: workspace)
        var made: [MadeItem] = []
        for item in need.plan.items {
            let found = try making.find(item, ArtifactMaking.Given(item, of: made))
            made.append(found.made ?? MadeItem())
        }
        let result = BootResult(plan: need.plan, made: made, kernels: need.kernels)
        try StepWalk(
            BuildPlan(steps: bootSteps(need.loaders, parts, result, state, workspace)),
            of: state,
            for: planning
        ).run()
    }

    /// The artifacts and boot loaders that have to be made for the kernels of the tree.
    private struct BootNeed {
        var plan: ArtifactPlan
        var kernels: [ABI.V1.Kernel]?
        var loaders: [BootParts.Loader]
    }

    /// Nil if nothing has to be made.
    private func bootNeed(_ parts: BootParts, _ state: BuildState) throws(Failure) -> BootNeed? {
        let all = try parts.closure()
        if all.isEmpty, parts.loaders.isEmpty { return nil }
        guard parts.dependsOnKernels(all) else {
            return BootNeed(
                plan: ArtifactPlan(all, profiles: ArtifactMaking.profiles(of: image)),
                kernels: nil,
                loaders: []
            )
        }
        let kernels = try ArtifactMaking.kernels(of: state)
        let hasLoaders = !parts.loaders.isEmpty && !(kernels.isEmpty && parts.isOptional)
        if hasLoaders, kernels.isEmpty {
            throw Failure(
                .configuration,
                "The image \(image.name) is to be bootable and has no kernel",
                hint: "Add a kernel to Packages=, or set Bootable=no; kernels are looked for as "
                    + InstalledKernels.patterns.joined(separator: " and ")
            )
        }
        let closure = hasLoaders ? all : try parts.closure(withLoaders: false)
        return BootNeed(
            plan: ArtifactPlan(closure, kernels: kernels, profiles: ArtifactMaking.profiles(of: image)),
            kernels: kernels,
            loaders: hasLoaders ? parts.loaders : []
        )
    }

    /// Makes the places that boot loaders are installed to before artifacts are made from the whole tree.
    private func directorySteps(_ need: BootNeed, _ parts: BootParts) -> [any BuildStep] {
        let isNeeded =
            !need.loaders.isEmpty && parts.formats.contains { $0.description.bootArtifacts?.isEmpty == false }
        return isNeeded ? [BootDirectoriesStep()] : []
    }

    private func bootSteps(
        _ loaders: [BootParts.Loader],
        _ parts: BootParts,
        _ result: BootResult,
        _ state: BuildState,
        _ workspace: String
    ) -> [any BuildStep] {
        loaders.map { loader in
            let description = loader.bootloader.description
            return BootloaderStep(
                loader: loader,
                isOptional: parts.isOptional,
                kernels: result.kernels ?? [],
                artifacts: result.artifacts(description.artifacts, description.optionalArtifacts),
                facts: result.facts(of: description.facts),
                pluginSettings: PluginSettings(description.settings, of: image, environment.pins),
                environment: environment,
                workspace: workspace,
                sourceDateEpoch: state.epoch
            )
        }
    }
}
