import Configuration
import Support
import TreeEditor

/// Copies `SkeletonTrees=` before any package is there.
enum SkeletonStep: BuildStep {
    static let name = "skeleton"
    static let title = "Copying skeleton trees"
    static let inputs = StepInputs(trees: ["SkeletonTrees"])
    static let layer: StepLayer? = .packages

    static func isNeeded(for image: ImageConfiguration) -> Bool { !image[.skeletonTrees].isEmpty }

    static func run(_ state: BuildState) throws(Failure) {
        try state.step(title, name) { _ throws(Failure) in
            _ = try state.imageTree.apply(
                TreeCopies.edits(for: state.image[.skeletonTrees], setting: "SkeletonTrees")
            )
        }
    }
}
