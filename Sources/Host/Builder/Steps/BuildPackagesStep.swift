import Configuration
import Support

/// Installs `BuildPackages=` where only build scripts see them.
enum BuildPackagesStep: BuildStep {
    static let name = "build-packages"
    static let title = "Installing packages for build scripts"
    static let inputs = StepInputs(
        settings: StepInputs.installation,
        choice: StepInputs.repositories + ["BuildPackages"],
        trees: ["SandboxTrees"],
        packages: .build
    )
    static let chain: StepChain? = .build

    static func isNeeded(for image: ImageConfiguration) -> Bool {
        !image[.buildScripts].isEmpty && !image[.buildPackages].isEmpty
    }

    static func run(_ state: BuildState) throws(Failure) { try state.installPart() }
}
