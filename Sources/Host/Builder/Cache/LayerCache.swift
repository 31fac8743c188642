import ByteKeys
import Configuration
import Display
import Execution
import Glibc
import LayerStore
import PluginWire
import Support
import System

/// The layers that one image's build finds and leaves, as `Incremental=` asks for it.
final class LayerCache {
    let reading: CacheKeyBuilder
    let image: ImageConfiguration
    let environment: BuildEnvironment
    let store: any LayerKeeping
    private let memoryPath: String
    var memory: ImageMemory
    /// True if nothing is written down.
    var isReadOnly = false
    /// A Boolean value indicating whether the image is rebuilt from scratch and cached layers are replaced.
    let isFresh: Bool
    /// Steps that run whether their inputs have changed or not.
    private let forced: ByteSet
    /// Layers that may not be removed while the build uses them.
    private var held: [Holding] = []
    /// Of these, those that are known to be what they were when they were made.
    var checked: Set<LayerKey> = []
    /// The layers' stamps, which are read while packages are chosen.
    var ahead: StampsAhead?
    private var pending: PendingLayer?
    /// The layer that prepare scripts have left, or would leave; nil before there is one.
    private(set) var prepared: LayerKey?
    private var record: LayerRecord?
    private var begun = ContinuousClock.now
    private var hasMade = false
    /// The time at which the memory was last written.
    private var written = ContinuousClock.now

    /// The most time of layers whose reads are forgotten when a build is killed.
    private static let longestForgotten = Duration.seconds(1)

    /// More bytes than this are not kept beyond the end of a build.
    static let limit = 20 << 30

    private final class Holding {
        let layer: HeldLayer
        init(_ layer: consuming HeldLayer) { self.layer = layer }
    }

    /// A layer that is kept.
    struct Kept {
        /// The identifier that layers above it use.
        var key: LayerKey
        var directory: LayerDirectory
        var result: StepResult
    }

    /// Opens the store of the image; nil where nothing is to be kept.
    static func open(
        for image: ImageConfiguration,
        environment: BuildEnvironment,
        options: BuildOptions,
        identity: String
    ) throws(Failure) -> LayerCache? {
        if image[.incremental] == "no" { return nil }
        let store = try LayerStore(directory: LayerStoreLocation.path(for: image, variables: options.variables))
        return LayerCache(image, environment, store, options, identity)
    }

    init(
        _ image: ImageConfiguration,
        _ environment: BuildEnvironment,
        _ store: any LayerKeeping,
        _ options: BuildOptions,
        _ identity: String
    ) {
        self.image = image
        self.environment = environment
        self.store = store
        isFresh = options.force > 1
        forced = options.rerunsBuildScripts || options.wipesBuildDirectory ? [StepName.build] : []
        reading = CacheKeyBuilder(
            image: image,
            installation: environment.installation,
            store: store,
            identity: identity,
            options: options,
            tools: environment.tools,
            display: environment.display
        )
        memoryPath = ImageMemory.path(for: image, in: store)
        memory = isFresh ? ImageMemory() : ImageMemory.read(memoryPath)
    }

    // MARK: - Layers

    /// Returns the changes since the last build of this image; nil if there was none.
    func changes(_ name: String, _ inputs: LayerInputs) -> [LayerInputs.Change]? {
        guard let earlier = memory.layers[name] else {
            // Further packages on top of those of the last build.
            guard name.contains("+") else { return nil }
            return inputs.changes(since: LayerInputs()).filter { $0.name.hasPrefix("package ") }
        }
        let changes = changes(since: earlier, inputs)
        let further = changes.filter { $0.name != CacheKeyBuilder.order }
        // Other packages have another order: that goes without saying.
        return further.isEmpty ? changes : further
    }

    /// Returns whether a usable layer with exactly these inputs exists.
    func contains(_ inputs: LayerInputs) -> Bool { !isFresh && store.contains(inputs.key) }

    /// Returns the layer with exactly these inputs; nil if the caller has to create it.
    ///
    /// With `isStrict` it is one of those that `Incremental=strict` forbids to make.
    func find(_ name: String, _ inputs: LayerInputs, isStrict: Bool = false) throws(Failure) -> Kept? {
        if isFresh && !environment.fresh.contains(inputs.key.text) || forced.contains(name) {
            try store.remove([inputs.key], with: dispose)
        } else if let found = store.take(inputs.key) {
            return hold(found, name)
        } else if let found = try equivalentLayer(inputs) {
            return hold(found, name)
        }
        if isStrict, image[.incremental] == "strict" {
            throw Failure(
                .missing,
                "There is no cached layer \"\(name)\" of the image \(image.name), "
                    + "and Incremental=strict forbids building it",
                hint: "Build once with -i",
                excerpt: (changes(name, inputs) ?? []).prefix(10).map(\.text)
            )
        }
        return try makeOrWait(name, inputs)
    }

    /// The layer without keeping it from removal, for who only wants to know.
    func peek(_ name: String, _ inputs: LayerInputs) throws(Failure) -> Kept? {
        if isFresh || forced.contains(name) { return nil }
        let kept: Kept
        if let found = store.take(inputs.key) {
            kept = Kept(found)
        } else if let found = try equivalentLayer(inputs) {
            kept = Kept(found)
        } else {
            return nil
        }
        noteKey(name, kept.key)
        return kept
    }

    /// Begins the layer, or takes that of another build which makes it right now.
    private func makeOrWait(_ name: String, _ inputs: LayerInputs) throws(Failure) -> Kept? {
        let beginning = try store.makeOrWait(
            inputs.key,
            check: { () throws(Failure) in try environment.cancellation.check() },
            onWait: { environment.display.log(.info, "Waiting for another build that is creating the same layer") }
        )
        switch consume beginning {
        case .made(let found): return hold(found, name)
        case .pending(let begun):
            pending = consume begun
            return nil
        }
    }

    private func hold(_ found: consuming HeldLayer, _ name: String) -> Kept {
        let kept = Kept(found)
        note(name, LayerInputs(values: found.record.inputs), kept.result.use)
        held.append(Holding(found))
        return kept
    }

    /// The directory of a layer that was not found, which is in the making from then on.
    func begin(_ name: String, _ inputs: LayerInputs) throws(Failure) -> LayerDirectory {
        guard let layer = pending.take() else {
            throw Failure(.system, "The layer \(name) was created before it was looked up")
        }
        let directory = LayerDirectory(path: layer.path)
        let parent = inputs.values[CacheKeyBuilder.parent].flatMap { LayerKey($0) }
        record = LayerRecord(step: name, inputs: inputs, parent: parent)
        pending = consume layer
        hasMade = true
        begun = .now
        return directory
    }

    /// Stores the new layer, and returns it at its final place.
    ///
    /// If `isMixed`, inputs changed while the step ran: the layer serves this build only and is never looked up again.
    func publish(
        _ name: String,
        _ measure: TreeMeasure,
        _ result: StepResult,
        isMixed: Bool = false
    ) throws(Failure) -> Kept? {
        guard let finished = pending.take(), var record else { return nil }
        var inputs = LayerInputs(values: record.inputs)
        if isMixed {
            inputs.add("inputs changed while the step ran", String(UInt64.random(in: .min ... .max)))
            record.inputs = inputs.values
        }
        record.digest = measure.digest
        record.entries = measure.entries
        record.size = measure.size
        record.created = Int(time(nil))
        let duration = begun.duration(to: .now).components
        record.duration = Int(duration.seconds) * 1000 + Int(duration.attoseconds / 1_000_000_000_000_000)
        record.result = try result.json()
        let layer = try store.publish(finished, record, as: inputs.key)
        environment.fresh.add(layer.key.text)
        let kept = Kept(layer)
        held.append(Holding(layer))
        checked.insert(kept.key)
        note(name, inputs, result.use)
        try remember(result.use, of: inputs.key, inputs)
        if memory.failed == name {
            memory.failed = nil
            try store.removeUnfinished(Paths.name(memoryPath), with: dispose)
        }
        // Whoever is killed later has this layer: then it should be known what is different about the next one.
        if written.duration(to: .now) > Self.longestForgotten { try remember() }
        return kept
    }

    /// Keeps what a step that failed has left, for a look at it; returns its directory.
    func keepFailed(_ name: String) throws(Failure) -> String? {
        guard let layer = pending.take(), let record else { return nil }
        let path = try store.keepUnfinished(layer, record, as: Paths.name(memoryPath), remove: dispose)
        memory.failed = name
        try remember()
        return path
    }

    /// The layer that the last failed step has left; nil if none has failed since it last succeeded.
    var failed: (name: String, directory: LayerDirectory)? {
        guard let name = memory.failed, let kept = store.unfinished(Paths.name(memoryPath)) else { return nil }
        return (name, LayerDirectory(path: kept.path))
    }

    /// A layer of an earlier build whose step has read the same of the tree, kept from removal; nil if there is none.
    func earlierWork(_ inputs: LayerInputs) throws(Failure) -> Kept? {
        if isFresh { return nil }
        for key in store.equivalentLayers(inputs.key) {
            guard let found = store.take(key), try isUnchanged(LayerRecord.Place(of: found)) else { continue }
            let kept = Kept(found)
            held.append(Holding(found))
            return kept
        }
        return nil
    }

    /// The artifact that was made from the same inputs, kept from removal until the build ends; nil if it has to be made.
    ///
    /// One whose files were changed since, or whose record cannot be read, is removed.
    func artifact(_ name: String, _ inputs: LayerInputs) throws(Failure) -> KeptArtifact? {
        if isFresh && !environment.fresh.contains(inputs.key.text) || forced.contains(name) { return nil }
        guard let found = store.take(inputs.key) else { return nil }
        let kept = KeptArtifact(found.record, directory: found.tree)
        guard let kept, try isUnchanged(LayerRecord.Place(of: found)) else {
            _ = consume found
            if isReadOnly { return nil }
            environment.display.log(.warning, "\(name) was modified after it was created; rebuilding it")
            try store.remove([inputs.key], with: dispose)
            return nil
        }
        note(name, inputs, nil)
        held.append(Holding(found))
        return kept
    }

    /// Remembers an artifact that was made, and keeps it from removal until the build ends.
    func noteArtifact(_ name: String, _ inputs: LayerInputs) throws(Failure) {
        if let found = store.take(inputs.key) { held.append(Holding(found)) }
        hasMade = true
        note(name, inputs, nil)
    }

    private func note(_ name: String, _ inputs: LayerInputs, _ use: ScriptUse?) {
        memory.layers[name] = ImageMemory.Layer(key: inputs.key.text, inputs: inputs.values, use: use)
        noteKey(name, inputs.key)
    }

    private func noteKey(_ name: String, _ key: LayerKey) {
        if name == StepName.prepare { prepared = key }
    }

    /// Writes down what this build has chosen and read.
    func remember() throws(Failure) {
        if isReadOnly { return }
        try memory.write(to: memoryPath)
        written = .now
    }

    /// The layers in use whose trees are among these directories, or that have these shared ones, and that were not
    /// checked yet.
    func unchecked(in directories: ByteSet, sharing shared: [String]) -> [LayerRecord.Place] {
        held.map { LayerRecord.Place(of: $0.layer) }.filter { layer in
            if checked.contains(layer.key) { return false }
            return directories.contains(layer.tree) || shared.contains { $0.hasPrefix("\(layer.shared)/") }
        }
    }

    /// Gives up layers that are to be removed.
    func release(_ keys: [LayerKey]) {
        held.removeAll { keys.contains($0.layer.key) }
    }

    /// Waits until the layers are on the disk, so that not even a crash of the machine takes anything out of them.
    func settle() throws(Failure) {
        try store.settle(held.map { $0.layer.path })
    }

    /// Removes what is too much, and what builds have left that did not come to their end.
    func collect() throws(Failure) {
        pending = nil
        try remember()
        guard hasMade || store.hasLeftOvers else { return }
        _ = try store.collect(limit: Self.limit, remove: dispose)
    }

    func dispose(_ paths: [String]) throws(Failure) {
        for path in paths { try TreeDisposal.remove(path, installation: environment.installation) }
    }
}

extension LayerCache.Kept {
    init(_ layer: borrowing HeldLayer) {
        let record = layer.record
        self.init(
            key: layer.key,
            directory: LayerDirectory(path: layer.path),
            result: StepResult(record.result) ?? StepResult()
        )
    }
}

extension LayerInputs.Change {
    /// A line for display.
    var text: String {
        switch (old, new) {
        case (nil, let new?): "+ \(name) \(printable(new))"
        case (let old?, nil): "- \(name) \(printable(old))"
        default: "\(name) \(printable(old ?? "")) → \(printable(new ?? ""))"
        }
    }
}
