import Display
import LayerStore
import PluginWire
import Support
import TreeEditor

/// Each step makes a layer on top of those of its chain, or takes the one that was made of the same inputs.
extension BuildState {
    /// Takes a step, which may be several layers: one for each part of its packages.
    func run(_ step: any BuildStep.Type, on chain: StepChain) throws(Failure) {
        // What only build scripts see begins where the image is at that moment.
        if chains[chain] == nil { chains[chain] = chains[.image] }
        tree = chains[chain]?.tree
        let parts = try parts(of: step, on: chain)
        if parts.isEmpty { return try make(step, step.name, nil, on: chain) }
        for (index, part) in parts.enumerated() {
            try make(step, Self.name(of: step, part: index), part, on: chain)
            guard part.purpose == .packages, let chain = chains[chain] else { continue }
            packageParts.append((chain, (packageParts.last?.packages ?? []) + part.packages))
        }
    }

    /// What the layer of a part of a step's packages is called.
    static func name(of step: any BuildStep.Type, part index: Int) -> String {
        index == 0 ? step.name : "\(step.name)+\(index)"
    }

    /// What the step reads now, by which its layer is named.
    func inputs(
        of step: any BuildStep.Type,
        _ part: PackagePart?,
        above parent: LayerKey?,
        _ cache: LayerCache
    ) throws(Failure) -> LayerInputs {
        let environment = scripts.environment
        return try cache.reading.inputs(
            of: step,
            CacheKeyBuilder.Situation(
                parent: parent,
                packages: packages,
                part: part,
                shared: shared,
                variables: { environment.variables(for: $0, script: "") }
            )
        )
    }

    private func make(
        _ step: any BuildStep.Type,
        _ name: String,
        _ part: PackagePart?,
        on chain: StepChain
    ) throws(Failure) {
        let below = chains[chain] ?? Chain()
        tree = below.tree
        self.part = part
        let inputs = try cache.map { cache throws(Failure) in
            try self.inputs(of: step, part, above: below.key, cache)
        }
        if let cache, let inputs,
            let kept = try cache.find(
                name,
                inputs,
                isStrict: BuildSteps.strict.contains(step.name)
            )
        {
            use(kept.directory, kept.result)
            if step.keepsTree { push(kept.directory, of: step, on: chain, key: kept.key) }
            environment.display.send(
                .stepFinished(BuildEvent.StepID(name: name, title: step.title), .cached, duration: .zero)
            )
            return
        }
        try cache?.checkUnchanged(below.tree)
        let directory = try begin(step, name, inputs, on: chain)
        let begun = LayeredTree(path: root, directory, above: below.tree, isSealed: false)
        if begun.upper != below.tree?.upper { try directories.adoptRoot(of: begun, installation: links.installation) }
        try links.raise(begun, directory)
        tree = begun
        self.directory = directory
        result = StepResult()
        hasMixedSources = false
        opened = []
        let stepID = BuildEvent.StepID(name: name, title: step.title)
        do throws(Failure) {
            try environment.display.step(stepID, because: reason(name, inputs)) { () throws(Failure) in
                try step.run(self)
                try links.lower(directory)
                try environment.conditions.recorder?.record(step, on: self)
                let sealed = try seal(step, name, directory, on: chain)
                if step.keepsTree { push(sealed.directory, of: step, on: chain, key: sealed.key) }
            }
        } catch {
            if error.code != .cancelled { throw try keepFailed(name, error) }
            throw error
        }
    }

    /// Why a step runs.
    private func reason(_ name: String, _ inputs: LayerInputs?) -> BuildEvent.Reason {
        guard let cache, let inputs else { return .notCached }
        guard let changes = cache.changes(name, inputs) else { return .firstBuild }
        return .changes(changes.map { BuildEvent.Change(input: $0.name, old: $0.old, new: $0.new) })
    }

    /// The directory that takes what a step changes: a layer of its own in the store, or what its chain has changed.
    ///
    /// Layers serve later builds, and comparisons of steps. Without either they only make a tree slower and less like
    /// a plain directory.
    private func begin(
        _ step: any BuildStep.Type,
        _ name: String,
        _ inputs: LayerInputs?,
        on chain: StepChain
    ) throws(Failure) -> LayerDirectory {
        if let cache, let inputs { return try cache.begin(name, inputs) }
        if !step.keepsTree || environment.conditions.recorder != nil { return try directories.begin(name) }
        return try directories.begin(name, on: chain)
    }

    /// Keeps files with several names together where an overlay would take them apart.
    var links: LayerLinks {
        LayerLinks(installation: environment.installation, directory: directories.directory, baseTrees: baseTrees)
    }

    /// Ends the work on a layer: what it holds from now on does not change, nor the times that it shows.
    ///
    /// Times are set in the layer itself: set through the tree, they would copy files of other layers up.
    private func seal(
        _ step: any BuildStep.Type,
        _ name: String,
        _ directory: LayerDirectory,
        on chain: StepChain
    ) throws(Failure) -> (directory: LayerDirectory, key: LayerKey?) {
        timestamp = [timestamp, result.timestamp].compactMap(\.self).max()
        if !step.keepsTree { try discard(directory.tree) }
        var seal = TreeSeal(to: epoch)
        if chain == .image { seal.clamp.append(directory.tree) }
        if opened.contains(.destination) { seal.clamp.append(directory.shared(.destination)) }
        seal.measures = openedDirectories.map { TreeSeal.Measure(directory.shared($0), as: .result) }
        if directory.common == nil { seal.links = TreeSeal.Links(tree: directory.tree, file: directory.links) }
        if cache != nil { seal.measures.append(TreeSeal.Measure(directory.tree, as: .layer)) }
        let isNeeded = !seal.measures.isEmpty || seal.links != nil || seal.time != nil && !seal.clamp.isEmpty
        let measures = isNeeded ? try LayerSealing(installation: environment.installation).run(seal) : []
        closeSharedDirectories(in: directory, measures)
        let kept = try cache.flatMap { cache throws(Failure) in
            try measures.last.flatMap { measure throws(Failure) in
                try cache.publish(name, measure, result, isMixed: hasMixedSources)
            }
        }
        use(kept?.directory ?? directory, result)
        return (kept?.directory ?? directory, kept?.key)
    }

    /// Leaves nothing of what a step has changed in the tree.
    private func discard(_ tree: String) throws(Failure) {
        try TreeDisposal.remove(tree, installation: environment.installation)
        do throws(SystemCallError) {
            try Files.makeDirectories(tree)
        } catch {
            throw Failure(.system, "Cannot make a layer", cause: error)
        }
    }

    /// Goes on with what a step has left beside the tree.
    func use(_ directory: LayerDirectory, _ result: StepResult) {
        timestamp = [timestamp, result.timestamp].compactMap(\.self).max()
        installed = result.installed ?? installed
        shared.merge(directory.sharedContents(of: result)) { $1 }
    }

    func push(_ directory: LayerDirectory, of step: any BuildStep.Type, on chain: StepChain, key: LayerKey?) {
        if step.changesPaths { knownPaths = nil }
        let tree = LayeredTree(path: root, directory, above: chains[chain]?.tree, isSealed: true)
        chains[chain] = Chain(tree: tree, key: key)
        self.tree = tree
    }

    /// The error of a step, after what the step has left was put aside for a look at it.
    private func keepFailed(_ name: String, _ error: Failure) throws(Failure) -> Failure {
        guard try cache?.keepFailed(name) != nil else { return error }
        var error = error
        let hint = "mkosi shell --at \(name) opens a shell in what the step began with, --failed in what it has left"
        error.hint = error.firstHint.map { "\($0); \(hint)" } ?? hint
        return error
    }
}
