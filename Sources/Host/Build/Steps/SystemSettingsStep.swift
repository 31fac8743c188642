import Configuration
import Support

/// Writes the small files that settings ask for, when all accounts are there.
enum SystemSettingsStep: BuildStep {
    static let name = "settings"
    static let title = "Writing settings"
    static let inputs = StepInputs(
        settings: [
            "RootPassword", "RootShell", "Hostname", "Locale", "LocaleMessages", "Keymap", "Timezone", "MachineId",
            "Seed",
        ]
    )
    static let chain: StepChain? = .image

    static func isNeeded(for image: ImageConfiguration) -> Bool { true }

    static func run(_ state: BuildState) throws(Failure) {
        try state.step(title, name) { _ throws(Failure) in
            let tree = state.imageTree
            try tree.apply(SystemSettings.edits(for: state.image, in: tree))
        }
    }
}
