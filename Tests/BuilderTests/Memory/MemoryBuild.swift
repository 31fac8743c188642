import Configuration
import Support

@testable import Builder
@testable import LayerStore

/// Goes through a build that runs nothing: every missing layer is published as if its step had run.
final class MemoryBuild: StepVisitor {
    private let state: BuildState
    /// The names of layers that would have run, and of those that were found.
    private(set) var made: [String] = []
    private(set) var found: [String] = []
    /// What build scripts are taken to leave in `$DESTDIR`.
    private let destination: String
    let isDone = false

    private init(_ state: BuildState, destination: String) {
        self.state = state
        self.destination = destination
    }

    /// Builds an image on a host, and returns the names of the layers that were made.
    @discardableResult
    static func run(
        _ host: MemoryHost,
        _ settings: [(String, String)],
        force: Int = 0,
        hasPackages: Bool = false,
        destination: String = "result"
    ) throws -> MemoryBuild {
        let state = try host.state(try host.image(settings), force: force, hasPackages: hasPackages)
        defer { state.packages?.shutdown() }
        let build = MemoryBuild(state, destination: destination)
        try StepWalk(state.plan, of: state, for: build).run()
        try state.cache?.collect()
        return build
    }

    func run(_ step: any BuildStep) { made.append(step.name) }
    func reach(_ layer: PlannedLayer, on chain: BuildState.Chain, isComplete: Bool) {}

    func find(_ layer: PlannedLayer, _ inputs: LayerInputs, in cache: LayerCache) throws(Failure) -> LayerCache.Kept? {
        try cache.find(layer.name, inputs, isStrict: layer.step.isStrict)
    }

    func reuse(_ layer: PlannedLayer) { found.append(layer.name) }

    func make(
        _ layer: PlannedLayer,
        _ inputs: LayerInputs?,
        unknown: [LayerInputs.Change]
    ) throws(Failure) -> (directory: LayerDirectory, key: LayerKey?)? {
        guard let cache = state.cache, let inputs else { return nil }
        made.append(layer.name)
        _ = try cache.begin(layer.name, inputs)
        var result = StepResult()
        for directory in layer.step.inputs.writtenDirectories {
            let isLeft = directory == .destination
            result.directories[directory.rawValue] = StepResult.Content(
                digest: isLeft ? destination : "",
                isEmpty: !isLeft
            )
        }
        let measure = TreeMeasure(digest: "", entries: 1, size: 0)
        let kept = try cache.publish(layer.name, measure, result)
        if let kept { state.use(kept.directory, kept.result) }
        return kept.map { ($0.directory, $0.key) }
    }

    func postpone(_ step: any BuildStep, unknown: [LayerInputs.Change]) {}
}
