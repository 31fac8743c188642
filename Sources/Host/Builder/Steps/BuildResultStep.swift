import Configuration
import Support
import TreeEditor

/// Copies what build scripts have put into `$DESTDIR`.
enum BuildResultStep: BuildStep {
    static let name = "build-result"
    static let title = "Copying what build scripts made"
    static let inputs = StepInputs(directories: [.destination])
    static let chain: StepChain? = .image

    static func isNeeded(for image: ImageConfiguration) -> Bool { !image[.buildScripts].isEmpty }

    static func run(_ state: BuildState) throws(Failure) {
        try state.step(title, name) { _ throws(Failure) in
            guard let destination = state.shared[.destination], !destination.isEmpty else { return }
            var edit = TreeEdit(.copy, "/", source: destination.path)
            edit.keepsOwners = true
            try state.imageTree.apply([edit])
        }
    }
}
