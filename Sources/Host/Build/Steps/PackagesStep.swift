import Configuration
import PluginWire
import Support

/// Installs the distribution and `Packages=`; on top of base trees only what they do not have.
enum PackagesStep: BuildStep {
    static let name = "packages"
    static let title = "Installing packages"
    static let inputs = StepInputs(
        settings: StepInputs.installation,
        choice: StepInputs.repositories + ["Packages", "BasePackages"],
        trees: ["BaseTrees", "SandboxTrees"],
        packages: true
    )
    static let layer: StepLayer? = .packages

    /// The layer itself is always there, for something has to lie at the bottom.
    static func isNeeded(for image: ImageConfiguration) -> Bool { true }

    static func run(_ state: BuildState) throws(Failure) {
        guard let packages = state.packages else { return }
        let isNew = state.baseTrees.isEmpty
        if !isNew, state.image[.packages].isEmpty { return }
        let installed = try packages.install(.packages, isNew: isNew, state)
        state.timestamp = installed.timestamp
    }
}
