import Configuration
import PluginWire
import Support

/// Copies `SkeletonTrees=`, then installs the distribution and `Packages=`; on base trees only what they do not have.
///
/// Both are one layer: how late times may be is known only when the packages are.
enum PackagesStep: BuildStep {
    static let name = "packages"
    static let title = "Installing packages"
    static let inputs = StepInputs(
        settings: StepInputs.installation,
        choice: StepInputs.repositories + names,
        trees: ["SkeletonTrees", "SandboxTrees"],
        packages: .packages
    )
    static let chain: StepChain? = .image
    /// Settings that name packages.
    static let names = ["Packages", "BasePackages"]

    /// The layer itself is always there, for something has to lie at the bottom.
    static func isNeeded(for image: ImageConfiguration) -> Bool { true }

    static func run(_ state: BuildState) throws(Failure) {
        let isAddition = state.part?.isAddition == true
        if !isAddition, !state.image[.skeletonTrees].isEmpty {
            try state.step("Copying skeleton trees", "skeleton") { _ throws(Failure) in
                let edits = try TreeCopies.edits(for: state.image[.skeletonTrees], setting: "SkeletonTrees")
                try state.imageTree.apply(edits)
            }
        }
        try state.installPart()
    }
}
