import Configuration
import Display
import PluginHost
import PluginWire
import Support
import TreeEditor

/// Removes what is not wanted, lists what is there, and cleans up after the package manager and the build.
enum RemovalStep: BuildStep {
    static let name = "removal"
    static let title = "Cleaning up"
    static let inputs = StepInputs(
        settings: ["RemovePackages", "RemoveFiles", "CleanPackageMetadata"],
        usesPackageManager: true
    )
    static let chain: StepChain? = .image

    static func isNeeded(for image: ImageConfiguration) -> Bool { true }

    static func paths(for state: BuildState) -> [String] {
        guard state.image[.cleanPackageMetadata] == .auto else { return [] }
        return state.packages?.distribution.description.packageManagers.map(programs) ?? []
    }

    static func run(_ state: BuildState) throws(Failure) {
        var edits: [TreeEdit] = []
        if let packages = state.packages {
            try remove(packages, state)
            let inspected = try state.step("Listing installed packages", "inspect") { line throws(Failure) in
                try packages.inspect(line)
            }
            state.result.installed = inspected.packages
            if try cleansMetadata(packages, state) { edits += inspected.metadata.map { TreeEdit(.remove, $0) } }
        }
        try state.step(title, name) { _ throws(Failure) in
            edits += state.image[.removeFiles].map { TreeEdit(.remove, $0.hasPrefix("/") ? $0 : "/\($0)") }
            try state.imageTree.apply(edits + FinalCleaning.edits)
        }
    }

    private static func remove(_ packages: PackageManagement, _ state: BuildState) throws(Failure) {
        let names = state.image[.removePackages]
        if names.isEmpty { return }
        if state.image[.cleanPackageMetadata] == .disabled {
            state.environment.display.log(.warning, "RemovePackages= has no effect with CleanPackageMetadata=no")
            return
        }
        try state.step("Removing packages", "remove") { line throws(Failure) in try packages.remove(names, line) }
        state.knownPaths = nil
    }

    /// `auto` keeps the databases of a package manager that the image itself has.
    private static func cleansMetadata(_ packages: PackageManagement, _ state: BuildState) throws(Failure) -> Bool {
        switch state.image[.cleanPackageMetadata] {
        case .disabled: return false
        case .enabled: return true
        case .auto:
            let managers = packages.distribution.description.packageManagers ?? []
            return try state.existingPaths().isDisjoint(with: programs(managers))
        }
    }

    private static func programs(_ names: [String]) -> [String] {
        names.flatMap { name in ["/usr/bin", "/usr/sbin", "/bin", "/sbin"].map { "\($0)/\(name)" } }
    }
}
