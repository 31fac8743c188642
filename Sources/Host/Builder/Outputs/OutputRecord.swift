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
    private let state: BuildState
    private let cache: LayerCache
    private let inputs: LayerInputs
    private let placement: OutputPlacement

    /// Settings that the host itself reads to make outputs.
    static let settings = [
        settingName(.format), settingName(.output), settingName(.outputExtension), settingName(.outputMode),
        settingName(.compressOutput), settingName(.compressLevel), settingName(.splitArtifacts),
        settingName(.checksum), settingName(.manifestFormat), settingName(.overlay), settingName(.imageID),
        settingName(.imageVersion), settingName(.distribution), settingName(.release),
        settingName(.architecture), settingName(.seed), settingName(.sourceDateEpoch), settingName(.bootable),
    ]

    /// Nil where nothing is kept of the image.
    init?(
        state: BuildState,
        parts: BootParts,
        boot: BootResult,
        placement: OutputPlacement,
        hasOutput: Bool
    ) throws(Failure) {
        guard let cache = state.cache else { return nil }
        self.state = state
        self.cache = cache
        self.placement = placement
        inputs = try cache.reading.inputs(
            ofOutputs: state,
            parts,
            boot,
            directory: placement.directory,
            hasOutput: hasOutput
        )
    }

    /// What has changed since the outputs were made; nil where none are known.
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
        try OutputLedger(image: state.image, store: cache.store).add(outputs.map(\.name), link: placement.link)
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
        return try LayerSealing(installation: state.environment.installation).run(seal).map(\.digest)
    }
}

extension CacheKeyBuilder {
    /// Everything that outputs depend on.
    func inputs(
        ofOutputs state: BuildState,
        _ parts: BootParts,
        _ boot: BootResult,
        directory: String,
        hasOutput: Bool
    ) throws(Failure) -> LayerInputs {
        var inputs = try inputs(ofArchive: nil)
        if hasOutput, let key = state.chains[.image]?.key { inputs.add(Self.parent, key.text) }
        for format in parts.formats {
            let description = format.description
            let artifacts = boot.artifacts(for: description)
            try add(
                PluginStepInputs(
                    plugin: format.plugin,
                    tools: description.tools,
                    settings: OutputRecord.settings + (description.settings ?? []),
                    facts: PluginStepInputs.facts(of: artifacts)
                ),
                to: &inputs
            )
        }
        for (name, value) in PluginStepInputs.facts(of: boot.artifacts(parts.splitKinds)) {
            inputs.add("split \(name)", value)
        }
        for (name, value) in image.environment { inputs.add("environment \(name)", value) }
        try addTrees(settingName(.nspawnSettings), to: &inputs)
        inputs.add("directory of outputs", directory)
        for directory in [SharedDirectory.output, .artifacts] {
            add(state.shared[directory], as: directory, to: &inputs)
        }
        if !image[.postOutputScripts].isEmpty {
            let environment = state.scripts.environment
            let situation = Situation(shared: state.shared) { environment.variables(for: $0, script: "") }
            try add(.postoutput, situation, to: &inputs)
        }
        return inputs
    }
}
