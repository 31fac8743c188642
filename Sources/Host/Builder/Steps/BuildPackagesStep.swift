import Configuration
import Support

/// Installs `BuildPackages=` where only build scripts see them.
struct BuildPackagesStep: BuildStep {
    let name = "build-packages"
    let title = "Installing packages for build scripts"
    let chain: StepChain? = .build
    let isStrict = true
    let inputs = StepInputs(packages: .build)
    let settings = Settings()

    struct Settings: StepSettings {
        let installation = InstallationSettings()
        let repositories = RepositorySettings()
        let service = PackageServiceSettings()
        let buildPackages = Input(choosing: .buildPackages)
        let sandboxTrees = Input(contentOf: .sandboxTrees)
    }

    func run(_ context: any StepContext, _ settings: SettingsView<Settings>) throws(Failure) {
        try context.installPackages()
    }
}
