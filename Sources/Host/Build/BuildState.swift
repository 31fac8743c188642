import Configuration
import Display
import LayerStore
import PluginHost
import PluginWire
import Support
import TreeEditor

/// What the steps of one image's build share: the tree as it is by now, and who works on it.
final class BuildState {
    let image: ImageConfiguration
    let environment: BuildEnvironment
    let folders: LayerFolders
    /// The sandbox without a tree.
    let sandbox: BuildSandbox
    /// Where the tree is mounted for every command.
    let root: String
    /// Nil for an image without a package manager.
    var packages: PackageManagement?
    /// Runs the project's programs; see `scriptRunner`.
    let scripts: ScriptRunner
    /// Folders of the machine that lie below everything.
    let baseTrees: [String]
    /// The tree of each layer that was entered, with that layer on top.
    private var trees: [StepLayer: LayeredTree] = [:]
    private(set) var layer: StepLayer?
    /// Where layers are kept for later builds; nil: none is.
    var cache: LayerCache?
    /// The names of layers that are kept.
    private var keys: [StepLayer: LayerKey] = [:]
    /// Layers that an earlier build has made, so that their steps need not run.
    private(set) var reused: Set<StepLayer> = []

    /// What is installed in the image.
    var installed: [ABI.V1.InstalledPackage] = []
    /// The newest time that the packages carry.
    var timestamp: Int?
    /// The line of the running step.
    var line: Step?
    /// What is said at the end of that line.
    var note: String?

    init(
        image: ImageConfiguration,
        environment: BuildEnvironment,
        folders: LayerFolders,
        sandbox: BuildSandbox,
        root: String,
        packages: PackageManagement?,
        scripts: ScriptRunner,
        baseTrees: [String]
    ) {
        self.image = image
        self.environment = environment
        self.folders = folders
        self.sandbox = sandbox
        self.root = root
        self.packages = packages
        self.scripts = scripts
        self.baseTrees = baseTrees
    }

    /// The tree that the running step changes; nil before there is any.
    var tree: LayeredTree? { layer.flatMap { trees[$0] } }

    /// No time stamp of the image is later than this.
    var epoch: Int? { image[.sourceDateEpoch] ?? timestamp }

    /// Runs commands that see the tree.
    var runner: SandboxRunner {
        var sandbox = sandbox
        sandbox.tree = tree
        sandbox.configuration = packages?.configurationPath
        sandbox.writable += packages?.writable ?? []
        sandbox.readable += packages?.readable ?? []
        return SandboxRunner(sandbox: sandbox, environment: environment)
    }

    /// Changes the tree.
    var imageTree: ImageTree { ImageTree(path: root, runner: runner) }

    /// Runs scripts that see the tree.
    var scriptRunner: ScriptRunner {
        var scripts = scripts
        scripts.runner = runner
        scripts.environment.sourceDateEpoch = epoch
        scripts.packageFolders = packages?.scriptSteps ?? []
        return scripts
    }

    // MARK: - Layers

    /// Makes a layer the one that takes changes, on top of those that it belongs on.
    func enter(_ next: StepLayer) throws(Failure) {
        if layer == next { return }
        try seal()
        if try enterCached(next) { return }
        var below = next.below
        while let candidate = below, trees[candidate] == nil { below = candidate.below }
        if let below, let tree = trees[below] {
            trees[next] = try folders.push(next.rawValue, on: tree, runner: runner)
        } else {
            let first = try folders.first(next.rawValue, above: baseTrees, at: root)
            try folders.adoptRoot(of: first, runner: runner)
            trees[next] = first
        }
        layer = next
        packages?.tree = tree
    }

    /// Ends the work on a layer: what it holds from now on does not change, nor the times that it shows.
    ///
    /// Times are set in the layer itself: done to the tree, a file with two names would become two files.
    func seal() throws(Failure) {
        guard let layer, let tree, !reused.contains(layer) else { return }
        if layer.isPartOfImage, let epoch {
            try outside(tree.upper).apply([TreeEdit(.clampTimes, "/", time: epoch)])
        }
        guard keys[layer] != nil, let cache else { return }
        let kept = try step("Keeping the layer of \(layer.title)", "keep-layer") { _ throws(Failure) in
            try cache.publish(layer, result: .object(timestamp.map { ["timestamp": .integer($0)] } ?? [:]))
        }
        if let kept {
            trees[layer]?.upper = kept
            trees[layer]?.isSealed = true
            packages?.tree = self.tree
        }
    }

    /// Whether a layer's name would say all that it is made of.
    func mayKeep(_ layer: StepLayer) -> Bool {
        // What base trees hold is no part of the name, and neither is what scripts do.
        guard layer.packages != nil, baseTrees.isEmpty else { return false }
        return layer == .packages || image[.prepareScripts].isEmpty
    }

    /// Enters a layer that is kept, or is to be kept; false for one that is of this build alone.
    private func enterCached(_ next: StepLayer) throws(Failure) -> Bool {
        guard let cache, let packages, let purpose = next.packages, mayKeep(next) else { return false }
        let below = next == .packages ? nil : trees[.packages]
        let chosen = try packages.choose(purpose, isNew: next == .packages, self)
        let inputs = try cache.reading.layer(next, chosen, packages, above: keys[.packages])
        let lower = below.map { $0.lower + [$0.upper] } ?? []
        if let found = try cache.find(next, inputs) {
            trees[next] = LayeredTree(path: root, lower: lower, upper: found.tree, work: "", isSealed: true)
            reused.insert(next)
            if next == .packages, case .object(let members) = found.result {
                timestamp = members["timestamp"]?.integer
            }
            try step("Taking the layer of \(next.title) from the cache", "cached") { _ in }
        } else {
            let (upper, work) = try cache.begin(next, inputs)
            let tree = LayeredTree(path: root, lower: lower, upper: upper, work: work)
            if below != nil { try folders.adoptRoot(of: tree, runner: runner, writable: [upper]) }
            trees[next] = tree
        }
        keys[next] = inputs.key
        layer = next
        packages.tree = tree
        return true
    }

    /// Lets the output consist of the changes to the base trees alone.
    ///
    /// What they remove from the base trees cannot be said in such an output.
    func keepOnlyChanges() throws(Failure) {
        guard let layer, let tree else { return }
        let changes = tree.dropping(lowest: baseTrees.count)
        for folder in changes.lower + [changes.upper] {
            try outside(folder).apply([TreeEdit(.removeWhiteouts, "/")])
        }
        trees[layer] = changes
    }

    /// A folder of the workspace, changed as itself and not as a part of a tree.
    private func outside(_ folder: String) -> ImageTree {
        var runner = runner
        runner.sandbox.tree = nil
        // One that is to be kept is no part of the workspace.
        runner.sandbox.writable.append(folder)
        return ImageTree(path: folder, runner: runner)
    }
}
