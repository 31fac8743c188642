import ByteKeys
import Configuration
import Glibc
import LayerStore
import PluginHost
import PluginWire
import Support
import System

/// A record that shows whether outputs of the same tree and settings already exist unmodified.
struct OutputRecord {
    private let cache: LayerCache
    private let inputs: LayerInputs
    private let placement: OutputPlacement

    /// The sources of outputs besides settings.
    struct Source {
        /// The key of the tree; nil for outputs that are made without one.
        var tree: LayerKey?
        /// The content that scripts have left outside the tree.
        var shared: [SharedDirectory: SharedContent]
        var parts: BootParts
        var boot: BootResult
        /// The variables of scripts that work on the outputs.
        var scripts: ScriptEnvironment
    }

    init(of source: Source, at placement: OutputPlacement, in cache: LayerCache) throws(Failure) {
        self.cache = cache
        self.placement = placement
        inputs = try cache.reading.inputs(ofOutputs: source, directory: placement.directory)
    }

    /// The changes since the outputs were made; nil if none are known.
    var changes: [LayerInputs.Change]? {
        cache.memory.outputs.map { inputs.changes(since: LayerInputs(values: $0.inputs)) }
    }

    /// Returns true if nothing has to be made.
    func areInPlace() throws(Failure) -> Bool {
        guard !cache.isFresh, let known = cache.memory.outputs, LayerInputs(values: known.inputs).key == inputs.key,
            !known.places.isEmpty,
            known.places.allSatisfy({ Files.kind(of: $0.path) != nil })
        else { return false }
        return try identities(of: known.places.map(\.path)) == known.places.map(\.identity)
    }

    /// Records the names that are about to be placed.
    func announce(_ outputs: [ABI.V1.Output]) throws(Failure) {
        try OutputLedger(image: cache.image, store: cache.store).add(outputs.map(\.name), link: placement.link)
    }

    /// Returns true if another record of the same image stands for the same outputs.
    func hasSameInputs(as other: OutputRecord) -> Bool { inputs == other.inputs }

    /// Remembers what was placed.
    func remember(_ paths: [String]) throws(Failure) {
        var paths = paths
        if OutputLink.exists(at: placement.link), !paths.containsBytes(of: placement.link) {
            paths.append(placement.link)
        }
        for path in paths { Self.waitForClock(of: path) }
        let identities = try identities(of: paths)
        cache.memory.outputs = ImageMemory.Outputs(
            inputs: inputs.values,
            places: zip(paths, identities).map { ImageMemory.Outputs.Place(path: $0, identity: $1) }
        )
        try cache.remember()
    }

    /// Waits until any further change of an output gives it another time of change.
    private static func waitForClock(of path: String) {
        if let status = FileStatus(at: path) { ChangeClock.wait(past: status.changed) }
    }

    /// Stamps that show whether files and directories were modified; directories may have files that only the sandbox
    /// can read.
    private func identities(of paths: [String]) throws(Failure) -> [String] {
        let seal = TreeSeal(measures: paths.map { TreeSeal.Measure($0, as: .identity) })
        return try LayerSealing(installation: cache.environment.installation).run(seal).map(\.digest)
    }
}

extension CacheKeyBuilder {
    /// Everything that outputs depend on.
    func inputs(ofOutputs source: OutputRecord.Source, directory: String) throws(Failure) -> LayerInputs {
        var inputs = try inputs(ofArchive: nil)
        if let key = source.tree { inputs.add(Self.parent, key.text) }
        try add(OutputSettings(), to: &inputs)
        for format in source.parts.formats {
            let description = format.description
            try add(
                PluginStepInputs(
                    plugin: format.plugin,
                    tools: description.tools,
                    settings: description.settings,
                    facts: PluginStepInputs.facts(of: source.boot.artifacts(for: description))
                ),
                to: &inputs
            )
        }
        for (name, value) in PluginStepInputs.facts(of: source.boot.artifacts(source.parts.splitKinds)) {
            inputs.add("split \(name)", value)
        }
        for (name, value) in image.environment { inputs.add("environment \(name)", value) }
        inputs.add("directory of outputs", directory)
        for directory in [SharedDirectory.output, .artifacts] {
            add(source.shared[directory], as: directory, to: &inputs)
        }
        if !image[.postOutputScripts].isEmpty {
            let environment = source.scripts
            let situation = Situation(shared: source.shared) { environment.variables(for: $0, script: "") }
            try add(.postoutput, situation, to: &inputs)
        }
        return inputs
    }
}
