import Configuration
import Support
import TreeWire

/// Copies `ExtraTrees=`.
struct ExtraTreesStep: BuildStep {
    let name = "extra"
    let title = "Copying extra trees"
    let inputs = StepInputs()
    let settings = Settings()

    struct Settings: StepSettings {
        let extraTrees = Input(copying: .extraTrees)
    }

    func run(_ context: any StepContext, _ settings: SettingsView<Settings>) throws(Failure) {
        try context.line(title, name) { _ throws(Failure) in
            _ = try context.tree.apply(
                TreeCopies.edits(for: settings.extraTrees, of: .extraTrees, context.runner.environment.pins)
            )
        }
    }
}
