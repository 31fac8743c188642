import Configuration
import Display
import Support

/// Writes the small files that settings ask for, when all accounts are there.
enum SystemSettingsStep: BuildStep {
    static let name = "settings"
    static let title = "Writing settings"
    static let inputs = StepInputs(
        settings: [
            "RootPassword", "RootShell", "Hostname", "Locale", "LocaleMessages", "Keymap", "Timezone", "MachineId",
            "Seed", "BaseTrees",
        ]
    )
    static let chain: StepChain? = .image
    static let changesPaths = false

    static func isNeeded(for image: ImageConfiguration) -> Bool { true }

    static func paths(for state: BuildState) -> [String] { SystemSettings.paths + SystemPlaces.paths }

    static func run(_ state: BuildState) throws(Failure) {
        try state.step(title, name) { _ throws(Failure) in
            let existing = try state.existingPaths()
            let edits = SystemPlaces.edits(for: state.image, among: existing)
            _ = try state.imageTree.apply(edits + SystemSettings.edits(for: state.image, among: existing))
            for warning in try SettingData(image: state.image).warnings(for: state.imageTree) {
                state.environment.display.log(.warning, warning)
            }
        }
    }
}
