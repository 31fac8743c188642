import Configuration
import Support

/// Runs prepare scripts a second time, with the packages for build scripts.
enum PrepareBuildStep: BuildStep {
    static let name = "prepare-build"
    static let title = "Running prepare scripts for the build"
    static let inputs = StepInputs(scripts: .prepare)
    static let chain: StepChain? = .build

    static func isNeeded(for image: ImageConfiguration) -> Bool {
        !image[.buildScripts].isEmpty && !image[.prepareScripts].isEmpty
    }

    static func run(_ state: BuildState) throws(Failure) {
        try state.runScripts(.prepare, title, arguments: ["build"], round: name)
    }
}
