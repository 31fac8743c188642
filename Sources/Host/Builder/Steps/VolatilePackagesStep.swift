import Configuration
import Support

/// Installs `VolatilePackages=`, which a build script may have made.
struct VolatilePackagesStep: BuildStep {
    let name = "volatile-packages"
    let title = "Installing volatile packages"
    let inputs = StepInputs(packages: .volatile, directories: [.packages])
    let settings = Settings()

    struct Settings: StepSettings {
        let installation = InstallationSettings()
        let repositories = RepositorySettings()
        let service = PackageServiceSettings()
        let volatilePackages = Input(choosing: .volatilePackages)
        let sandboxTrees = Input(contentOf: .sandboxTrees)
        let packageDirectories = Input(contentOf: .packageDirectories)
        let volatilePackageDirectories = Input(contentOf: .volatilePackageDirectories)
    }

    func run(_ context: any StepContext, _ settings: SettingsView<Settings>) throws(Failure) {
        try context.installPackages()
    }
}
