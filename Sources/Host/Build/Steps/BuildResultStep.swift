import Configuration
import Support
import TreeEditor

/// Copies what build scripts have put into `$DESTDIR`.
enum BuildResultStep: BuildStep {
    static let name = "build-result"
    static let title = "Copying what build scripts made"
    static let inputs = StepInputs(results: [BuildScriptsStep.name])
    static let layer: StepLayer? = .final

    static func isNeeded(for image: ImageConfiguration) -> Bool { !image[.buildScripts].isEmpty }

    static func run(_ state: BuildState) throws(Failure) {
        try state.step(title, name) { _ throws(Failure) in
            var edit = TreeEdit(.copy, "/", source: state.scripts.folders.destination)
            edit.keepsOwners = true
            try state.imageTree.apply([edit])
        }
    }
}
