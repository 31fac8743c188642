import Configuration
import Support

/// One step of an image's build, as a value that a `BuildPlan` makes.
///
/// What a step reads is declared in `settings` and `inputs`, so that its result can be named by what it was made from.
protocol BuildStep: Sendable {
    associatedtype Settings: StepSettings

    /// A word for `--debug-timing`, caches and messages; no other step of a plan has the same.
    var name: String { get }
    /// What the user reads while it runs.
    var title: String { get }
    /// The settings that it reads; `run` gets these and no others.
    var settings: Settings { get }
    /// What it reads besides settings.
    var inputs: StepInputs { get }
    /// The chain of layers that the step adds one to; nil for a step that has no tree.
    var chain: StepChain? { get }
    /// True if what the step changes in the tree is there for later steps.
    var keepsTree: Bool { get }
    /// Paths and patterns (glob(7)) of the tree by which it decides what it does.
    var paths: [String] { get }
    /// True if it can make or remove what steps look for by their `paths`.
    var changesPaths: Bool { get }
    /// The parts of the tree that it may change; nil for a step that may change all of it.
    ///
    /// Such a step always has a layer of its own, in which everything that it has changed can be seen.
    var confinement: TreeConfinement? { get }
    /// What its programs read of the tree and leave in it; nil for a step that may read all of it.
    var work: TreeWork? { get }
    /// True if `Incremental=strict` requires its layer to be in the cache.
    var isStrict: Bool { get }

    func run(_ context: StepContext, _ settings: SettingsView<Settings>) throws(Failure)
}

extension BuildStep {
    var settings: NoSettings { NoSettings() }
    var chain: StepChain? { .image }
    var keepsTree: Bool { true }
    var paths: [String] { [] }
    var changesPaths: Bool { true }
    var confinement: TreeConfinement? { nil }
    var work: TreeWork? { nil }
    var isStrict: Bool { false }

    /// Runs the step with its own view of the image's settings.
    func run(on state: BuildState) throws(Failure) {
        try run(StepContext(state), SettingsView(settings, of: state.image))
    }
}

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
    /// What was found out for it, by names that people understand.
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

/// Steps whose layers are stacked.
enum StepChain: String, Sendable {
    /// The steps of the image.
    case image
    /// What only build scripts see: it branches off the image's chain where their packages are installed.
    case build
}

/// The names of steps that other parts of a build refer to.
enum StepName {
    static let packages = "packages"
    static let prepare = "prepare"
    static let build = "build"
}
