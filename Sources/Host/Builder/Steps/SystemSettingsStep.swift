import Configuration
import Display
import Support

/// Writes the small files that settings ask for, when all accounts are there.
struct SystemSettingsStep: BuildStep {
    let name = "settings"
    let title = "Writing settings"
    let changesPaths = false
    let inputs = StepInputs()
    let settings = SystemSettings.Inputs()
    var paths: [String] { SystemSettings.paths + SystemPlaces.paths }

    func run(_ context: any StepContext, _ settings: SettingsView<SystemSettings.Inputs>) throws(Failure) {
        try context.line(title, name) { _ throws(Failure) in
            let existing = try context.existingPaths()
            let edits = SystemPlaces.edits(for: settings, among: existing)
            _ = try context.tree.apply(edits + SystemSettings.edits(for: settings, among: existing))
            let data = SettingData(settings: settings, packages: context.settingPackages)
            for warning in try data.warnings(for: context.tree) { context.warn(warning) }
        }
    }
}
