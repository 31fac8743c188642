import Configuration
import Support

/// One step of an image's build, as a value that a `BuildPlan` makes.
///
/// What a step reads is declared in `settings` and `inputs`, so that its result can be named by what it was made from.
protocol BuildStep: Sendable {
    associatedtype Settings: StepSettings

    /// A word for `--debug-timing`, caches and messages; no other step of a plan has the same.
    var name: String { get }
    /// The title that the user reads while it runs.
    var title: String { get }
    /// The settings that it reads; `run` gets these and no others.
    var settings: Settings { get }
    /// The inputs besides settings.
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
    /// The paths of the tree that its programs read and write; nil for a step that may read all of it.
    var work: TreeWork? { get }
    /// True if `Incremental=strict` requires its layer to be in the cache.
    var isStrict: Bool { get }

    func run(_ context: any StepContext, _ settings: SettingsView<Settings>) throws(Failure)
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
}
