import Configuration
import Support

/// Writes units and links that decide how the system comes up, before presets and indexes are made.
enum LoginSettingsStep: BuildStep {
    static let name = "login-settings"
    static let title = "Writing units"
    static let inputs = StepInputs(settings: ["Autologin", "MakeInitrd"])
    static let chain: StepChain? = .image

    static func isNeeded(for image: ImageConfiguration) -> Bool { image[.autologin] || image[.makeInitrd] }

    static func run(_ state: BuildState) throws(Failure) {
        try state.step(title, name) { _ throws(Failure) in
            _ = try state.imageTree.apply(LoginSettings.edits(for: state.image))
        }
    }
}
