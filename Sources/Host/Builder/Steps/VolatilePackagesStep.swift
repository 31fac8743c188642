import Configuration
import Support

/// Installs `VolatilePackages=`, which a build script may have made.
enum VolatilePackagesStep: BuildStep {
    static let name = "volatile-packages"
    static let title = "Installing volatile packages"
    static let inputs = StepInputs(
        settings: StepInputs.installation,
        choice: StepInputs.repositories + ["VolatilePackages"],
        trees: ["SandboxTrees", "PackageDirectories", "VolatilePackageDirectories"],
        packages: .volatile,
        directories: [.packages]
    )
    static let chain: StepChain? = .image

    static func isNeeded(for image: ImageConfiguration) -> Bool { !image[.volatilePackages].isEmpty }

    static func run(_ state: BuildState) throws(Failure) { try state.installPart() }
}
