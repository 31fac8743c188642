import Configuration
import PluginHost
import PluginWire
import Support
import System

extension ImageConstruction {
    /// The steps of the image.
    func steps(_ distribution: ABI.V1.DistributionDescription? = nil) -> BuildPlan {
        BuildPlan(
            for: image,
            BuildPlan.Facts(
                hasOutput: hasOutput,
                packageManagers: distribution?.custom == true ? [] : distribution?.packageManagers ?? [],
                scriptArguments: options.arguments,
                keepsSources: environment.conditions.keepsSources,
                modules: moduleFacts
            )
        )
    }

    /// The modules behind those words of `KernelModules=` that the image uses.
    private var moduleFacts: KernelModulesStep.Facts {
        var facts = KernelModulesStep.Facts()
        if KernelModulesStep.namesHost(image) { facts.host = HostDescription.modules }
        if KernelModulesStep.namesStandard(image), let list = catalogue.moduleList {
            facts.standard = (try? Files.readText(list)) ?? ""
        }
        return facts
    }

    /// Predicts a build; only packages are resolved as in a build.
    func plan(in workspace: borrowing Workspace) throws(Failure) -> ImagePlan {
        guard needsTree else {
            var plan = ImagePlan(image: image.name)
            plan.steps = steps().steps.map { ImagePlan.Step(name: $0.name, title: $0.title) } + [assembly]
            return plan
        }
        let state = try prepare(workspace, scripts(workspace, isReadOnly: true), isReadOnly: true)
        defer { state.packages?.shutdown() }
        let planning = StepPlanning(state: state, image: image.name)
        let walk = StepWalk(state.plan, of: state, outputsToCome: options.outputsToCome, for: planning)
        try walk.run()
        var plan = planning.plan
        var last = assembly
        let parts = try bootParts()
        let boot =
            hasOutput
            ? try planBootParts(parts, state, workspace.scratch, isOpen: walk.knowledge.isOpen(.image), &plan)
            : BootResult.none
        if let kept = try record(of: state, boot ?? .none) {
            let isOpen = walk.knowledge.isOpen(.image) || boot == nil
            if !isOpen { last.isReused = try kept.areInPlace() }
            last.changes = kept.changes?.map(ImagePlan.Change.init)
            if !isOpen, !last.isReused, last.changes?.isEmpty == true {
                let state = "missing, or modified since the last build"
                last.changes = [ImagePlan.Change(input: "outputs", old: nil, new: state)]
            }
        }
        plan.steps.append(last)
        return plan
    }

    private var assembly: ImagePlan.Step {
        ImagePlan.Step(name: "assemble", title: "Assembling \(image.outputFileName)")
    }
}
