import Configuration
import Support

/// Writes units and links that decide how the system comes up, before presets and indexes are made.
struct LoginSettingsStep: BuildStep {
    let name = "login-settings"
    let title = "Writing units"
    let inputs = StepInputs()
    let settings = Settings()

    struct Settings: StepSettings {
        let autologin = Input(.autologin)
        let makeInitrd = Input(.makeInitrd)
    }

    func run(_ context: any StepContext, _ settings: SettingsView<Settings>) throws(Failure) {
        try context.line(title, name) { _ throws(Failure) in
            _ = try context.tree.apply(LoginSettings.edits(for: settings))
        }
    }
}
