import Configuration
import Support

/// Runs build scripts; of what they do only `$DESTDIR`, `$OUTPUTDIR` and their like stay, not what they do to the tree.
enum BuildScriptsStep: BuildStep {
    static let name = "build"
    static let title = "Running build scripts"
    static let inputs = StepInputs(settings: ["WithNetwork", "BuildSourcesEphemeral"], scripts: .build)
    static let chain: StepChain? = .build

    static let keepsTree = false

    static func isNeeded(for image: ImageConfiguration) -> Bool { !image[.buildScripts].isEmpty }

    static func run(_ state: BuildState) throws(Failure) {
        try state.runScripts(.build, title, arguments: state.scripts.arguments)
    }
}
