import Configuration
import Support

/// Runs prepare scripts on the image's own packages.
enum PrepareStep: BuildStep {
    static let name = "prepare"
    static let title = "Running prepare scripts"
    static let inputs = StepInputs(scripts: .prepare)
    static let chain: StepChain? = .image

    static func isNeeded(for image: ImageConfiguration) -> Bool { !image[.prepareScripts].isEmpty }

    static func run(_ state: BuildState) throws(Failure) {
        try state.runScripts(.prepare, title, arguments: ["final"])
    }
}
