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
        packages: true,
        results: [BuildScriptsStep.name]
    )
    static let layer: StepLayer? = .final

    static func isNeeded(for image: ImageConfiguration) -> Bool { !image[.volatilePackages].isEmpty }

    static func run(_ state: BuildState) throws(Failure) {
        guard let packages = state.packages else { return }
        try state.step("Indexing built packages", "local-repository") { line throws(Failure) in
            try packages.offerBuiltPackages(line)
        }
        _ = try packages.install(.volatile, isNew: false, state)
    }
}
