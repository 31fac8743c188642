import Configuration

/// The steps of one image's build, in their order: a pure function of the configuration and of what is known besides.
struct BuildPlan: Sendable {
    let steps: [any BuildStep]

    /// The inputs of a plan besides the configuration.
    struct Facts: Sendable {
        /// True if a tree is made for the outputs; without one the plan ends with the build scripts.
        var hasOutput = true
        /// The programs of the distribution's package managers.
        var packageManagers: [String] = []
        /// The words after `--` on the command line.
        var scriptArguments: [String] = []
        /// True if sync scripts are left out, because sources are to stay as they are.
        var keepsSources = false
        /// The modules that the words of `KernelModules=` stand for.
        var modules = KernelModulesStep.Facts()
    }

    /// A plan of given steps.
    init(steps: [any BuildStep]) { self.steps = steps }

    init(for image: ImageConfiguration, _ facts: Facts) {
        let hasBuildScripts = !image[.buildScripts].isEmpty
        let hasTree = facts.hasOutput || hasBuildScripts
        var steps: [any BuildStep] = []
        func add(_ step: any BuildStep, if isNeeded: Bool = true) {
            if isNeeded { steps.append(step) }
        }
        let isPrepared = !image[.prepareScripts].isEmpty
        add(ScriptStep.sync, if: !image[.syncScripts].isEmpty && !facts.keepsSources)
        // The layer itself is always there, for something has to be at the bottom.
        add(PackagesStep(), if: hasTree)
        add(ScriptStep.prepare, if: hasTree && isPrepared)
        if hasBuildScripts {
            add(BuildPackagesStep(), if: !image[.buildPackages].isEmpty)
            add(ScriptStep.prepareBuild, if: isPrepared)
            add(ScriptStep.build(arguments: facts.scriptArguments))
        }
        if facts.hasOutput {
            add(VolatilePackagesStep(), if: !image[.volatilePackages].isEmpty)
            add(BuildResultStep(), if: hasBuildScripts)
            add(ExtraTreesStep(), if: !image[.extraTrees].isEmpty)
            add(ScriptStep.postinst, if: !image[.postInstallationScripts].isEmpty)
            add(LoginSettingsStep(), if: image[.autologin] || image[.makeInitrd])
            add(SystemToolStep.users)
            add(SystemToolStep.temporaryFiles)
            add(SystemToolStep.presets)
            add(KernelModulesStep(facts: facts.modules), if: KernelModulesStep.isNeeded(for: image))
            add(ModuleDependenciesStep())
            add(SystemSettingsStep())
            add(HardwareDatabaseStep())
            add(SystemToolStep.catalog)
            add(RemovalStep(packageManagers: image[.cleanPackageMetadata] == .auto ? facts.packageManagers : []))
            add(ScriptStep.finalize, if: !image[.finalizeScripts].isEmpty)
        }
        self.steps = steps
    }

    /// Paths and patterns of the tree that any of the steps wants to know of.
    var paths: [String] { steps.flatMap { $0.paths } }
}
