import Configuration
import Support

/// Configures the package manager and lets the project bring its sources up to date, before anything is built.
enum SyncStep: BuildStep {
    static let name = "sync"
    static let title = "Running sync scripts"
    static let inputs = StepInputs(scripts: .sync)
    static let chain: StepChain? = nil

    static func isNeeded(for image: ImageConfiguration) -> Bool { !image[.syncScripts].isEmpty }

    static func run(_ state: BuildState) throws(Failure) {
        if state.environment.conditions.keepsSources { return }
        try state.runScripts(.sync, title)
    }
}
