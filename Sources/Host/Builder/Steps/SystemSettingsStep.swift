import Configuration
import Display
import Support

/// Writes the small files that settings ask for, when all accounts are there.
struct SystemSettingsStep: BuildStep {
    let name = "settings"
    let title = "Writing settings"
    let changesPaths = false
    let inputs = StepInputs()
    let settings = Settings()
    var paths: [String] { SystemSettings.paths + SystemPlaces.paths }

    struct Settings: StepSettings {
        let rootPassword = Input(.rootPassword)
        let rootShell = Input(.rootShell)
        let hostname = Input(.hostname)
        let locale = Input(.locale)
        let localeMessages = Input(.localeMessages)
        let keymap = Input(.keymap)
        let timezone = Input(.timezone)
        let machineID = Input(.machineID)
        let seed = Input(.seed)
        let baseTrees = Input(.baseTrees)
        let makeInitrd = Input(.makeInitrd)
    }

    func run(_ context: StepContext, _ settings: SettingsView<Settings>) throws(Failure) {
        try context.line(title, name) { _ throws(Failure) in
            let existing = try context.existingPaths()
            let edits = SystemPlaces.edits(for: settings, among: existing)
            _ = try context.tree.apply(edits + SystemSettings.edits(for: settings, among: existing))
            let data = SettingData(settings: settings, packages: context.settingPackages)
            for warning in try data.warnings(for: context.tree) { context.warn(warning) }
        }
    }
}
