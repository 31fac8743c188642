import Configuration
import Support

/// Installs `VolatilePackages=`, which a build script may have made.
enum VolatilePackagesStep: BuildStep {
    static let name = "volatile-packages"
    static let title = "Installing volatile packages"
    static let inputs = StepInputs(
        settings: ["VolatilePackages"],
        trees: ["VolatilePackageDirectories"],
        packages: true
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
