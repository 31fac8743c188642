import ByteKeys
import Configuration
import Display
import Support
import System
import TreeWire

/// Removes what is not wanted, lists what is there, and cleans up after the package manager and the build.
struct RemovalStep: BuildStep {
    let name = "removal"
    let title = "Cleaning up"
    let inputs = StepInputs(usesPackageManager: true)
    let settings = Settings()
    /// Programs of package managers; an image that has one of them keeps its databases unless it is told otherwise.
    let packageManagers: [String]

    struct Settings: StepSettings {
        let removePackages = Input(.removePackages)
        let removeFiles = Input(.removeFiles)
        let cleanPackageMetadata = Input(.cleanPackageMetadata)
        let manifestFormat = Input(.manifestFormat)
        let service = PackageServiceSettings()
    }

    var paths: [String] {
        packageManagers.flatMap { name in ["/usr/bin", "/usr/sbin", "/bin", "/sbin"].map { "\($0)/\(name)" } }
    }

    func run(_ context: any StepContext, _ settings: SettingsView<Settings>) throws(Failure) {
        var edits: [TreeEdit] = []
        if context.hasPackageManager {
            try remove(settings.removePackages, context, settings)
            let isListed = !settings.manifestFormat.isEmpty
            let isCleaned = try cleansMetadata(context, settings)
            // Nothing else needs to know what is installed: without either, the database is not read.
            let metadata = isListed || isCleaned ? try context.listPackages(licenses: isListed) : []
            if isCleaned { edits += metadata.map { TreeEdit(.remove, $0) } }
        }
        try context.line(title, name) { _ throws(Failure) in
            edits += settings.removeFiles.map { TreeEdit(.remove, Paths.isAbsolute($0) ? $0 : "/\($0)") }
            try context.tree.apply(edits + FinalCleaning.edits)
        }
    }

    private func remove(
        _ names: [String],
        _ context: any StepContext,
        _ settings: SettingsView<Settings>
    ) throws(Failure) {
        if names.isEmpty { return }
        if settings.cleanPackageMetadata == .disabled {
            context.warn("RemovePackages= has no effect with CleanPackageMetadata=no")
            return
        }
        try context.removePackages(names)
    }

    /// `auto` keeps the databases of a package manager that the image itself has.
    private func cleansMetadata(_ context: any StepContext, _ settings: SettingsView<Settings>) throws(Failure) -> Bool
    {
        switch settings.cleanPackageMetadata {
        case .disabled: false
        case .enabled: true
        case .auto: try context.existingPaths().isDisjoint(with: paths)
        }
    }
}
