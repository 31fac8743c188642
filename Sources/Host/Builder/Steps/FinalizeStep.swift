import Configuration
import Support

/// Runs finalize scripts, the last to change the tree.
enum FinalizeStep: BuildStep {
    static let name = "finalize"
    static let title = "Running finalize scripts"
    static let inputs = StepInputs(scripts: .finalize)
    static let chain: StepChain? = .image

    static func isNeeded(for image: ImageConfiguration) -> Bool { !image[.finalizeScripts].isEmpty }

    static func run(_ state: BuildState) throws(Failure) {
        try state.runScripts(.finalize, title)
    }
}
