import Configuration
import PluginHost
import PluginWire
import Support

extension ImageConstruction {
    /// Finds out what a build would do; only which packages are meant is asked as a build asks.
    func plan(in workspace: borrowing Workspace) throws(Failure) -> ImagePlan {
        guard hasOutput || !image[.buildScripts].isEmpty else {
            var plan = ImagePlan(image: image.name)
            if SyncStep.isNeeded(for: image) {
                plan.steps.append(ImagePlan.Step(name: SyncStep.name, title: SyncStep.title))
            }
            plan.steps.append(assembly)
            return plan
        }
        let state = try prepare(workspace, isReadOnly: true)
        defer { state.packages?.shutdown() }
        let planning = StepPlanning(state: state, image: image.name, outputsToCome: options.outputsToCome)
        for step in BuildSteps.needed(for: image, hasOutput: hasOutput) { try planning.add(step) }
        var last = assembly
        if let kept = try OutputRecord(state: state, format: format, placement: placement, hasOutput: hasOutput) {
            if !planning.isOpen(.image) { last.isReused = try kept.areInPlace() }
            last.changes = kept.changes?.map(ImagePlan.Change.init)
            if !planning.isOpen(.image), !last.isReused, last.changes?.isEmpty == true {
                let state = "missing, or not as the last build left them"
                last.changes = [ImagePlan.Change(input: "outputs", old: nil, new: state)]
            }
        }
        planning.plan.steps.append(last)
        return planning.plan
    }

    private var assembly: ImagePlan.Step {
        ImagePlan.Step(name: "assemble", title: "Assembling \(image.outputFileName)")
    }
}
