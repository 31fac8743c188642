import Configuration
import Support

/// Copies `SkeletonTrees=`, then installs the distribution and `Packages=`; on base trees only what they do not have.
///
/// Both are one layer: how late times may be is known only when the packages are.
struct PackagesStep: BuildStep {
    let name = StepName.packages
    let title = "Installing packages"
    let isStrict = true
    let inputs = StepInputs(packages: .packages)
    let settings = Settings()

    struct Settings: StepSettings {
        let installation = InstallationSettings()
        let repositories = RepositorySettings()
        let service = PackageServiceSettings()
        let names = PackageNameSettings()
        let skeletonTrees = Input(copying: .skeletonTrees)
        let sandboxTrees = Input(contentOf: .sandboxTrees)
    }

    func run(_ context: any StepContext, _ settings: SettingsView<Settings>) throws(Failure) {
        let trees = settings.skeletonTrees
        if !context.isAddition, !trees.isEmpty {
            try context.line("Copying skeleton trees", "skeleton") { _ throws(Failure) in
                _ = try context.tree.apply(
                    TreeCopies.edits(for: trees, of: .skeletonTrees, context.runner.environment.pins)
                )
            }
        }
        try context.installPackages()
    }
}
