import ByteKeys
import Configuration
import Display
import LayerStore
import PluginHost
import PluginWire
import Support
import System
import TreeWire

/// The state that the steps of one image's build share: the tree, and the workers on it.
final class BuildState {
    let image: ImageConfiguration
    let environment: BuildEnvironment
    let directories: LayerDirectories
    /// The sandbox without a tree.
    let sandbox: BuildSandbox
    /// The mount point of the tree for every command.
    let root: String
    /// Nil for an image without a package manager.
    var packages: PackageManagement?
    /// Runs the project's programs; see `scriptRunner`.
    let scripts: ScriptRunner
    /// Directories of the host at the bottom of the tree.
    let baseTrees: [String]
    /// The steps of the image.
    let plan: BuildPlan
    /// The layers that are kept for later builds; nil if none are.
    var cache: LayerCache?

    /// The layers that the steps of a chain have made so far.
    struct Chain {
        /// Nil before there is any.
        var tree: LayeredTree?
        /// The key of its inputs; nil if nothing is kept, or nothing was created.
        var key: LayerKey?
        /// The packages that are installed in the tree; nil unless the topmost layer is one of packages.
        var packages: [ABI.V1.InstalledPackage]?
    }

    var chains: [StepChain: Chain] = [:]
    /// The image's chain after each part of its packages, and the packages by then.
    var packageParts: [(chain: Chain, packages: [ABI.V1.Package])] = []
    /// The tree that the running step changes; nil before there is any.
    var tree: LayeredTree? {
        didSet { packages?.tree = tree }
    }
    /// The findings of `existingPaths`, as long as they hold.
    var knownPaths: ByteSet?
    /// The packages that the running step installs.
    var part: PackagePart?
    /// The packages that are installed below the running step's layer, if they are known.
    var packagesBelow: [ABI.V1.InstalledPackage]?
    /// The directory of the running step's layer.
    var directory: LayerDirectory?
    /// The findings of the running step.
    var result = StepResult()
    /// True if anything that the running step reads was changed while it ran.
    var hasMixedInputs = false
    /// The shared directories that the running step's scripts have got.
    var opened: Set<SharedDirectory> = []
    /// The results of scripts outside the tree.
    var shared: [SharedDirectory: SharedContent] = [:] {
        didSet { packages?.builtPackages = shared[.packages]?.path }
    }

    /// The packages that are installed in the image.
    var installed: [ABI.V1.InstalledPackage] = []
    /// The newest time that the packages carry.
    var timestamp: Int?
    /// The lines that the user reads.
    let lines: BuildLines

    init(
        image: ImageConfiguration,
        environment: BuildEnvironment,
        directories: LayerDirectories,
        sandbox: BuildSandbox,
        root: String,
        packages: PackageManagement?,
        scripts: ScriptRunner,
        baseTrees: [String],
        plan: BuildPlan
    ) {
        self.image = image
        self.environment = environment
        self.directories = directories
        self.sandbox = sandbox
        self.root = root
        self.packages = packages
        self.scripts = scripts
        self.baseTrees = baseTrees
        self.plan = plan
        lines = environment.lines
        chains[.image] = Chain(tree: LayeredTree(path: root, of: baseTrees))
    }

    /// No time stamp of the image is later than this.
    var epoch: Int? { image[.sourceDateEpoch] ?? timestamp }

    /// Runs commands that see the tree.
    var runner: SandboxRunner {
        var sandbox = sandbox
        sandbox.tree = tree
        sandbox.configuration = packages?.configurationPath
        return SandboxRunner(sandbox: sandbox, environment: environment)
    }

    /// Changes the tree.
    var imageTree: ImageTree { ImageTree(path: root, runner: runner) }

    /// Runs scripts that see the tree.
    func scriptRunner() throws(Failure) -> ScriptRunner {
        var scripts = scripts
        scripts.runner = runner
        scripts.packageDirectories = try packages?.scriptSteps() ?? []
        return scripts
    }

    /// Reduces the output to the changes to the base trees.
    ///
    /// What they remove from the base trees cannot be said in such an output.
    func keepOnlyChanges() throws(Failure) {
        guard let all = chains[.image]?.tree else { return }
        let changes = all.dropping(lowest: baseTrees.count)
        tree = changes
        // Kept layers must stay what they are, marks of removed files and all: the output gets a copy.
        let copy = try directories.begin("changes")
        var run = ABI.V1.Run(["cp", "-a", "--reflink=auto", "--", "\(root)/.", copy.tree])
        run.label = "copying the changes"
        var copying = runner
        copying.sandbox.writable.append(copy.tree)
        _ = try copying.run(run)
        var outside = outside(copy.tree)
        outside.runner.sandbox.writable.append(copy.tree)
        try outside.apply([TreeEdit(.removeWhiteouts, "/")])
        chains[.image]?.tree = LayeredTree(path: root, of: [copy.tree])
        tree = chains[.image]?.tree
    }

    /// The directory of a layer, read as itself and not as a part of a tree.
    func layer(_ directory: String) -> ImageTree {
        var layer = outside(directory)
        layer.runner.sandbox.readable.append(directory)
        return layer
    }

    /// A directory of the workspace, changed as itself and not as a part of a tree.
    private func outside(_ directory: String) -> ImageTree {
        var runner = runner
        runner.sandbox.tree = nil
        return ImageTree(path: directory, runner: runner)
    }
}
