/// Everything that a step's result may depend on, besides settings and the layers below its own.
struct StepInputs: Sendable {
    /// Scripts whose content is read, with the build sources and the variables that their kind gets.
    var scripts: ScriptKind?
    /// The packages that it installs, and the package manager with its configuration.
    var packages: PackagePurpose?
    /// True if it uses the package manager for something else.
    var usesPackageManager = false
    /// Directories that earlier scripts have filled for this step.
    var directories: [SharedDirectory] = []
    /// The plugin that does the work, with its settings and what it gets.
    var plugin: PluginStepInputs?
    /// Programs of the tools that run where the image has none of its own.
    var programs: [String] = []
    /// The facts that were found for it, by names that people understand.
    var facts: [String: String] = [:]

    /// A Boolean value indicating whether the project's scripts or those of packages run.
    var runsForeignCode: Bool { scripts != nil || packages != nil }

    /// True if the step can run twice in one build: it does nothing outside of the tree.
    var isRepeatable: Bool {
        !runsForeignCode && !usesPackageManager && plugin == nil && directories.isEmpty
    }

    /// True if foreign programs run, which see the variables of `Environment=`.
    var runsPrograms: Bool {
        scripts != nil || packages != nil || usesPackageManager || plugin != nil || !programs.isEmpty
    }

    /// The shared directories that the step's scripts can write to.
    var writtenDirectories: Set<SharedDirectory> {
        guard let scripts else { return [] }
        return Set(SharedDirectory.allCases.filter { $0.isSeen(by: scripts) })
    }

    /// The shared directories whose content it may read.
    var readDirectories: Set<SharedDirectory> { writtenDirectories.filter(\.isHandedOn).union(directories) }
}
