import LayerStore
import PluginWire
import Support

/// The layers that steps have made or found so far.
extension BuildState {
    /// Returns the present inputs of a step, by which its layer is named.
    func inputs(
        of step: any BuildStep,
        _ part: PackagePart?,
        above parent: LayerKey?,
        _ cache: LayerCache
    ) throws(Failure) -> LayerInputs {
        let environment = scripts.environment
        return try cache.reading.inputs(
            of: step,
            CacheKeyBuilder.Situation(
                parent: parent,
                packageManager: packages?.inputs,
                part: part,
                shared: shared,
                variables: { environment.variables(for: $0, script: "") }
            )
        )
    }

    /// Begins with a layer: nothing is known yet of what its step does.
    func begin(_ directory: LayerDirectory, _ tree: LayeredTree) {
        self.tree = tree
        self.directory = directory
        result = StepResult()
        hasMixedInputs = false
        opened = []
    }

    /// Keeps files with several names together where an overlay would take them apart.
    var links: LayerLinks {
        LayerLinks(installation: environment.installation, directory: directories.directory, baseTrees: baseTrees)
    }

    /// Continues with the results of a step other than its tree.
    func use(_ directory: LayerDirectory, _ result: StepResult) {
        timestamp = [timestamp, result.timestamp].compactMap(\.self).max()
        installed = result.installed ?? installed
        shared.merge(directory.sharedContents(of: result)) { $1 }
    }

    /// Puts a finished layer on top of its chain.
    func push(
        _ directory: LayerDirectory,
        of step: any BuildStep,
        on chain: StepChain,
        key: LayerKey?,
        _ packages: [ABI.V1.InstalledPackage]?
    ) {
        if step.changesPaths { knownPaths = nil }
        let tree = LayeredTree(path: root, directory, above: chains[chain]?.tree, isSealed: true)
        chains[chain] = Chain(tree: tree, key: key, packages: packages)
        self.tree = tree
    }
}
