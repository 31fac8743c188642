import Configuration
import Support

/// One step of an image's build: what it reads is declared, so that its result can be named by what it was made of.
protocol BuildStep: SendableMetatype {
    /// A word for `--debug-timing`, caches and messages.
    static var name: String { get }
    /// What the user reads while it runs.
    static var title: String { get }
    static var inputs: StepInputs { get }
    /// The chain of layers that the step adds one to; nil for a step that has no tree.
    static var chain: StepChain? { get }
    /// Whether what the step changes in the tree is there for later steps.
    static var keepsTree: Bool { get }
    /// Paths and patterns (glob(7)) of the tree by which it decides what it does.
    static func paths(for state: BuildState) -> [String]
    /// Whether it can make or remove what steps look for by their `paths`.
    static var changesPaths: Bool { get }
    /// Whether this image has it at all.
    static func isNeeded(for image: ImageConfiguration) -> Bool
    static func run(_ state: BuildState) throws(Failure)
}

extension BuildStep {
    static var keepsTree: Bool { true }
    static func paths(for state: BuildState) -> [String] { [] }
    static var changesPaths: Bool { true }
}

/// Everything that a step's result may depend on, beside the layers below its own.
struct StepInputs: Sendable {
    /// Settings whose values count.
    var settings: [String] = []
    /// Settings that only count for which packages the distribution chooses.
    var choice: [String] = []
    /// Settings that name files and directories whose content and metadata count.
    var trees: [String] = []
    /// Scripts whose content counts, with the build sources and the variables that their kind gets.
    var scripts: ScriptKind?
    /// The packages that it installs; which they are counts, and the package manager with its configuration.
    var packages: PackagePurpose?
    /// Whether it uses the package manager for something else.
    var usesPackageManager = false
    /// Directories that earlier scripts have filled for this step.
    var directories: [SharedDirectory] = []
    /// Programs of the machine that run where the image has none of its own, whose versions count then.
    var programs: [String] = []

    /// Whether foreign programs run, which see the variables of `Environment=`.
    var runsPrograms: Bool { scripts != nil || packages != nil || usesPackageManager || !programs.isEmpty }
}

extension StepInputs {
    /// What every installation of packages reads.
    ///
    /// Where packages come from is among it: an image keeps that for later, whatever it was built from.
    static let installation = [
        "Distribution", "Release", "Architecture", "WithDocs", "SourceDateEpoch", "Mirror", "Repositories",
    ]

    /// What decides where packages come from, and so which they are.
    static let repositories = [
        "Distribution", "Release", "Architecture", "Mirror", "Snapshot", "LocalMirror", "Repositories",
        "RepositoryKeyCheck", "RepositoryKeyFetch", "CacheOnly", "WithRecommends", "ProxyUrl", "ProxyExclude",
    ]
}

/// Steps whose layers lie on top of each other.
enum StepChain: String, Sendable {
    /// What the image is made of.
    case image
    /// What only build scripts see: it branches off the image's chain where their packages are installed.
    case build
}

/// The steps of every build, in their order.
enum BuildSteps {
    static let all: [any BuildStep.Type] = [
        SyncStep.self, PackagesStep.self, PrepareStep.self, BuildPackagesStep.self,
        PrepareBuildStep.self, BuildScriptsStep.self, VolatilePackagesStep.self, BuildResultStep.self,
        ExtraTreesStep.self, PostInstallationStep.self, LoginSettingsStep.self, SystemUsersStep.self,
        TemporaryFilesStep.self, PresetStep.self, ModuleDependenciesStep.self, SystemSettingsStep.self,
        HardwareDatabaseStep.self, CatalogStep.self, RemovalStep.self, FinalizeStep.self,
    ]

    /// What a build makes that ends with its build scripts.
    static let lastWithoutOutput = BuildScriptsStep.name

    /// The steps whose layers `Incremental=strict` wants to find.
    static let strict: Set<String> = [
        PackagesStep.name, PrepareStep.name, BuildPackagesStep.name, PrepareBuildStep.name,
    ]

    /// Those that an image has; without an output only as far as its build scripts.
    static func needed(for image: ImageConfiguration, hasOutput: Bool) -> [any BuildStep.Type] {
        let end = hasOutput ? all.count : (all.firstIndex { $0.name == lastWithoutOutput } ?? all.count - 1) + 1
        return all[..<end].filter { $0.isNeeded(for: image) }
    }
}
