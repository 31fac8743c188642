import Configuration
import Support

/// Runs postinst scripts on an image that has all of its files.
enum PostInstallationStep: BuildStep {
    static let name = "postinst"
    static let title = "Running postinst scripts"
    static let inputs = StepInputs(scripts: .postinst)
    static let chain: StepChain? = .image

    static func isNeeded(for image: ImageConfiguration) -> Bool { !image[.postInstallationScripts].isEmpty }

    static func run(_ state: BuildState) throws(Failure) {
        try state.runScripts(.postinst, title)
    }
}
