import Configuration
import Support
import TreeEditor

/// Copies `ExtraTrees=`.
enum ExtraTreesStep: BuildStep {
    static let name = "extra"
    static let title = "Copying extra trees"
    static let inputs = StepInputs(trees: ["ExtraTrees"])
    static let chain: StepChain? = .image

    static func isNeeded(for image: ImageConfiguration) -> Bool { !image[.extraTrees].isEmpty }

    static func run(_ state: BuildState) throws(Failure) {
        try state.step(title, name) { _ throws(Failure) in
            _ = try state.imageTree.apply(TreeCopies.edits(for: state.image[.extraTrees], setting: "ExtraTrees"))
        }
    }
}
