import Configuration
import Display
import Execution
import FoundationEssentials
import Glibc
import LayerStore
import PluginWire
import Support

/// The layers that one image's build finds and leaves, as `Incremental=` asks for it.
final class LayerCache {
    let reading: LayerReading
    private let image: ImageConfiguration
    private let environment: BuildEnvironment
    private let store: LayerStore
    private let memoryPath: String
    private var memory: ImageMemory
    /// Whether nothing is written down.
    var isReadOnly = false
    /// Whether the image is to be made anew, and what is kept replaced.
    private let isFresh: Bool
    /// The packages of the image itself.
    var base: [ABI.V1.Package] = []
    /// Layers that may not be removed while the build uses them.
    private var held: [Holding] = []
    private var pending: PendingLayer?
    private var record: LayerRecord?
    private var begun = ContinuousClock.now

    /// More bytes than this are not kept beyond the end of a build.
    static let limit = 20 << 30

    private final class Holding {
        let layer: HeldLayer
        init(_ layer: consuming HeldLayer) { self.layer = layer }
    }

    /// Opens the store of the image; nil where nothing is to be kept.
    static func open(
        for image: ImageConfiguration,
        environment: BuildEnvironment,
        options: ImageBuild.Options,
        identity: String
    ) throws(Failure) -> LayerCache? {
        if image[.incremental] == "no" { return nil }
        let directory = LayerFolder.path(for: image, variables: options.variables)
        let store = try LayerStore(directory: directory)
        return LayerCache(image, environment, store, isFresh: options.force > 1, identity)
    }

    private init(
        _ image: ImageConfiguration,
        _ environment: BuildEnvironment,
        _ store: LayerStore,
        isFresh: Bool,
        _ identity: String
    ) {
        self.image = image
        self.environment = environment
        self.store = store
        self.isFresh = isFresh
        reading = LayerReading(
            image: image,
            installation: environment.installation,
            store: store,
            identity: identity
        )
        memoryPath = ImageMemory.path(for: image, in: store)
        memory = isFresh ? ImageMemory() : ImageMemory.read(memoryPath)
    }

    // MARK: - Choices

    /// The packages that the last build chose, where the same is asked for.
    func chosen(_ request: PackageRequest) throws(Failure) -> [ABI.V1.Package]? {
        // Volatile packages are those that nothing is to be kept of.
        guard request.purpose != .volatile, let choice = memory.choices[request.purpose.rawValue] else { return nil }
        return choice.inputs == (try self.choice(request)) ? choice.packages : nil
    }

    /// What is installed later depends on what is there by then.
    private func choice(_ request: PackageRequest) throws(Failure) -> [String: String] {
        var inputs = try reading.choice(request)
        if request.purpose != .packages { inputs.add("packages", base.map { "\($0.name) \($0.sha256)" }) }
        return inputs.values
    }

    func remember(_ packages: [ABI.V1.Package], for request: PackageRequest) throws(Failure) {
        if isReadOnly || request.purpose == .volatile { return }
        // Those of the user's own folders have places that are gone with this build.
        if packages.contains(where: { $0.urls.contains(where: PackageManagement.isLocal) }) { return }
        let inputs = try choice(request)
        memory.choices[request.purpose.rawValue] = ImageMemory.Choice(inputs: inputs, packages: packages)
        try memory.write(to: memoryPath)
    }

    // MARK: - Layers

    /// What has changed since the last build of this image; nil when there was none.
    func changes(_ layer: StepLayer, _ inputs: LayerInputs) -> [LayerInputs.Change]? {
        guard let earlier = memory.layers[layer.rawValue] else { return nil }
        let changes = inputs.changes(since: LayerInputs(values: earlier.inputs))
        let further = changes.filter { $0.name != LayerReading.order }
        // Other packages have another order: that goes without saying.
        return further.isEmpty ? changes : further
    }

    /// Whether there is a layer that was made of exactly these inputs, and may be used.
    func contains(_ inputs: LayerInputs) -> Bool { !isFresh && store.contains(inputs.key) }

    /// The folder of a layer that was made of exactly these inputs, and what its steps found out.
    func find(_ layer: StepLayer, _ inputs: LayerInputs) throws(Failure) -> (tree: String, result: JSON?)? {
        let key = inputs.key
        if isFresh {
            try store.remove([key], with: dispose)
        } else if let found = store.take(key) {
            return try hold(found, layer, inputs)
        }
        guard image[.incremental] != "strict" else {
            throw Failure(
                .missing,
                "There is no cached layer \"\(layer.rawValue)\" of the image \(image.name), "
                    + "and Incremental=strict forbids to make one",
                hint: "Build once with -i",
                excerpt: (changes(layer, inputs) ?? []).prefix(10).map(\.text)
            )
        }
        return try makeOrWait(layer, inputs)
    }

    /// Begins the layer, or takes that of another build which makes it right now.
    private func makeOrWait(_ layer: StepLayer, _ inputs: LayerInputs) throws(Failure) -> (tree: String, result: JSON?)?
    {
        let beginning = try store.makeOrWait(
            inputs.key,
            check: { () throws(Failure) in try environment.cancellation.check() },
            onWait: { environment.display.log(.info, "Waiting for another build that makes the same layer") }
        )
        switch consume beginning {
        case .made(let found): return try hold(found, layer, inputs)
        case .pending(let begun):
            pending = consume begun
            return nil
        }
    }

    private func hold(
        _ found: consuming HeldLayer,
        _ layer: StepLayer,
        _ inputs: LayerInputs
    ) throws(Failure) -> (tree: String, result: JSON?) {
        let result = (found.tree, found.record.result)
        held.append(Holding(found))
        try note(layer, inputs)
        return result
    }

    /// Folders for a layer that was not found, which is in the making from then on.
    func begin(_ layer: StepLayer, _ inputs: LayerInputs) throws(Failure) -> (upper: String, work: String) {
        guard let layerInProgress = pending.take() else {
            throw Failure(.system, "The layer \(layer.rawValue) was begun before it was looked for")
        }
        let folders = (layerInProgress.tree, layerInProgress.work)
        let parent = inputs.values[LayerReading.parent].flatMap { LayerKey($0) }
        record = LayerRecord(step: layer.rawValue, inputs: inputs, parent: parent)
        pending = consume layerInProgress
        begun = .now
        return folders
    }

    /// Keeps the layer that is in the making, and returns the folder that it has from now on.
    func publish(_ layer: StepLayer, result: JSON) throws(Failure) -> String? {
        guard let finished = pending.take(), var record else { return nil }
        let measure = try LayerFolder.measure(finished.tree, installation: environment.installation)
        record.digest = measure.digest
        record.entries = measure.entries
        record.size = measure.size
        record.created = Int(time(nil))
        let duration = begun.duration(to: .now).components
        record.duration = Int(duration.seconds) * 1000 + Int(duration.attoseconds / 1_000_000_000_000_000)
        record.result = result
        let inputs = LayerInputs(values: record.inputs)
        let kept = try finished.publish(record)
        let tree = kept.tree
        held.append(Holding(kept))
        try note(layer, inputs)
        return tree
    }

    private func note(_ layer: StepLayer, _ inputs: LayerInputs) throws(Failure) {
        memory.layers[layer.rawValue] = ImageMemory.Layer(key: inputs.key.text, inputs: inputs.values)
        try memory.write(to: memoryPath)
    }

    /// Removes what is too much, and what builds have left that did not come to their end.
    func collect() throws(Failure) {
        pending = nil
        _ = try store.collect(limit: Self.limit, remove: dispose)
    }

    private func dispose(_ paths: [String]) throws(Failure) {
        for path in paths { try TreeDisposal.remove(path, installation: environment.installation) }
    }
}

extension LayerInputs.Change {
    /// One line for people.
    var text: String {
        switch (old, new) {
        case (nil, let new?): "+ \(name) \(printable(new))"
        case (let old?, nil): "- \(name) \(printable(old))"
        default: "\(name) \(printable(old ?? "")) → \(printable(new ?? ""))"
        }
    }
}
