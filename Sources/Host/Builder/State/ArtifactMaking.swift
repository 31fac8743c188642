import Artifacts
import ByteKeys
import Configuration
import Display
import Glibc
import JSON
import LayerStore
import PluginHost
import PluginWire
import Support
import System
import TreeWire

/// Makes the artifacts of an image from its finished tree, or takes those that were made from the same inputs.
///
/// Belongs to the thread of the image; only the requests to plugins are made in parallel.
final class ArtifactMaking {
    private let state: BuildState
    private let parts: BootParts
    private let workspace: String
    private let sourceDateEpoch: Int?
    /// For artifacts that are made from the whole tree.
    private let outlook: TreeOutlook
    /// Digests of paths of the tree that artifacts read.
    private var knownDigests: [String: String] = [:]

    init(_ state: BuildState, _ parts: BootParts, workspace: String) {
        self.state = state
        self.parts = parts
        outlook = TreeOutlook(unfinished: parts.unfinished, fileSystem: state.image.distribution?.fileSystem)
        self.workspace = workspace
        sourceDateEpoch = state.epoch
    }

    private var image: ImageConfiguration { state.image }

    /// The kernels of the tree, the newest first.
    static func kernels(of state: BuildState) throws(Failure) -> [ABI.V1.Kernel] {
        InstalledKernels.sorted(try state.imageTree.names(matching: InstalledKernels.patterns))
    }

    /// The profiles of unified kernel images.
    static func profiles(of image: ImageConfiguration) -> [ABI.V1.KernelProfile] {
        image[.unifiedKernelImageProfiles].map { profile in
            ABI.V1.KernelProfile(
                id: profile.profile["ID"] ?? "",
                keys: profile.profile,
                commandLine: profile.commandLine,
                signsExpectedPcr: profile.signsExpectedMeasurements
            )
        }
    }

    /// The state of an item before it is made.
    struct Found {
        var inputs: LayerInputs?
        /// The item that the same inputs made before.
        var made: MadeItem?
    }

    /// Makes all items, in their order.
    func make(_ plan: ArtifactPlan) throws(Failure) -> [MadeItem] {
        var made = plan.items.map { _ in MadeItem() }
        for level in plan.levels {
            var missing: [ArtifactJob] = []
            for index in level {
                let item = plan.items[index]
                let given = Given(item, of: made)
                let found = try find(item, given)
                if let kept = found.made {
                    made[index] = kept
                    state.environment.display.send(.stepFinished(item.id, .cached, duration: .zero))
                } else {
                    missing.append(try job(index, plan, given, found.inputs))
                }
            }
            for (job, item) in zip(missing, try run(missing)) { made[job.index] = item }
        }
        return made
    }

    /// The results of earlier items that an item gets.
    struct Given {
        var files: [MadeArtifact]
        var facts: ByteDictionary<String>

        init(_ item: ArtifactPlan.Item, of made: [MadeItem]) {
            files = item.inputs.flatMap { made[$0].files }
            facts = BootResult.facts(item.stated, made)
        }
    }

    /// Looks for an item in the cache.
    func find(_ item: ArtifactPlan.Item, _ given: Given) throws(Failure) -> Found {
        guard let cache = state.cache else { return Found() }
        let inputs = try inputs(of: item, given, cache)
        return Found(inputs: inputs, made: try cache.artifact(item.name, inputs).map { Self.made(item, $0) })
    }

    private static func made(_ item: ArtifactPlan.Item, _ kept: KeptArtifact) -> MadeItem {
        let files = kept.files.map { file in
            let artifact = ABI.V1.Artifact(
                kind: item.description.kind,
                path: Paths.join(kept.directory, file.name),
                kernel: item.kernel?.version,
                profile: item.profile?.id
            )
            return MadeArtifact(artifact: artifact, digest: file.sha256 ?? "")
        }
        return MadeItem(files: files, facts: kept.facts)
    }

    // MARK: - Inputs

    /// The paths of the tree that an item is made from; nil for the whole tree.
    private func reads(_ item: ArtifactPlan.Item) -> [String]? {
        // Of what the host takes from the tree, it knows what it is.
        guard parts.maker(of: item.description.kind) != nil else { return item.kernel.map { [$0.image] } }
        return item.description.reads?.compactMap { filled($0, for: item) }
    }

    /// A path with its word in braces replaced: the release of the item's kernel, or the path that a setting names.
    private func filled(_ path: String, for item: ArtifactPlan.Item) -> String? {
        guard let word = path.firstMatch(of: /\{(\w+)\}/) else { return path }
        let name = String(word.1)
        guard let value = name == "kernel" ? item.kernel?.version : image.value(named: name).text, !value.isEmpty else {
            return nil
        }
        return path.replacing("{\(name)}", with: value)
    }

    /// Returns the directory in which scripts have left files for an item; nil if there are none.
    private func directory(of item: ArtifactPlan.Item) -> String? {
        guard let name = item.description.directory else { return nil }
        let path = Paths.join(state.shared[.artifacts]?.path ?? state.scripts.directories.artifacts, name)
        // What a link leads to is not what scripts have left.
        guard Files.kind(of: path) == S_IFDIR, (try? Files.list(path).isEmpty) == false else { return nil }
        return path
    }

    private func inputs(
        of item: ArtifactPlan.Item,
        _ given: Given,
        _ cache: LayerCache
    ) throws(Failure) -> LayerInputs {
        var inputs = try cache.reading.inputs(ofArchive: nil)
        inputs.add("step", item.name)
        if let reads = reads(item) {
            for (path, digest) in try digests(of: reads) { inputs.add("tree \(path)", digest) }
        } else if let key = state.chains[.image]?.key {
            inputs.add(CacheKeyBuilder.parent, key.text)
        }
        if directory(of: item) != nil, let content = state.shared[.artifacts] {
            cache.reading.add(content, as: .artifacts, to: &inputs)
        }
        if reads(item) == nil { outlook.add(to: &inputs) }
        cache.reading.add(settingName(.architecture), to: &inputs)
        if let sourceDateEpoch { inputs.add("SourceDateEpoch=", String(sourceDateEpoch)) }
        var facts = PluginStepInputs.facts(
            of: given.files,
            kernels: item.kernel.map { [$0] } ?? [],
            stated: given.facts
        )
        if let profile = item.profile {
            facts["profile"] = (try? JSONText.encode(profile)).map { String(decoding: $0, as: UTF8.self) } ?? profile.id
        }
        for (name, fact) in HostDescription.facts(for: item.description, of: image) {
            facts["\(name) of the host"] = fact
        }
        guard let maker = parts.maker(of: item.description.kind) else {
            for (name, value) in facts { inputs.add(name, value) }
            return inputs
        }
        let step = PluginStepInputs(
            plugin: maker.plugin,
            tools: item.description.tools,
            settings: item.description.settings,
            facts: facts
        )
        try cache.reading.add(step, to: &inputs)
        return inputs
    }

    /// The digests of paths of the tree; paths that do not exist have none.
    private func digests(of paths: [String]) throws(Failure) -> [(String, String)] {
        let unknown = paths.filter { knownDigests[$0] == nil }
        if !unknown.isEmpty {
            let existing = try state.imageTree.existing(unknown)
            let found = unknown.filter(existing.contains)
            for (path, digest) in zip(found, try state.imageTree.digests(of: found)) { knownDigests[path] = digest }
        }
        return paths.compactMap { path in knownDigests[path].map { (path, $0) } }
    }

    // MARK: - Making

    private func job(
        _ index: Int,
        _ plan: ArtifactPlan,
        _ given: Given,
        _ inputs: LayerInputs?
    ) throws(Failure) -> ArtifactJob {
        let item = plan.items[index]
        var runner = state.runner
        runner.sandbox.configuration = nil
        if let reads = reads(item) {
            if reads.isEmpty { runner.sandbox.tree = nil } else { runner.sandbox.visiblePaths = reads }
        }
        return ArtifactJob(
            index: index,
            item: item,
            maker: parts.maker(of: item.description.kind),
            given: given.files,
            directory: directory(of: item),
            facts: given.facts,
            host: HostDescription.facts(for: item.description, of: image),
            outlook: reads(item) == nil ? outlook : nil,
            isDigested: plan.isNeeded(index) || parts.loadersNeed(item.description.kind),
            inputs: inputs,
            store: state.cache?.store,
            runner: runner,
            settings: PluginSettings(item.description.settings, of: image, state.environment.pins),
            architecture: image[.architecture],
            fetcher: Fetcher(environment: state.environment, settings: SettingsView(FetchSettings(), of: image)),
            root: reads(item)?.isEmpty == true ? nil : state.root,
            workspace: workspace,
            sourceDateEpoch: sourceDateEpoch
        )
    }

    private func run(_ jobs: [ArtifactJob]) throws(Failure) -> [MadeItem] {
        if jobs.isEmpty { return [] }
        let results = try state.environment.jobs.share { threads throws(Failure) in
            let each = max(1, threads / jobs.count)
            return parallelMap(jobs, jobs: threads) { $0.result(jobs: each) }
        }
        var made: [MadeItem] = []
        for (job, result) in zip(jobs, results) {
            let kept = try result.get()
            if let inputs = job.inputs { try state.cache?.noteArtifact(job.item.name, inputs) }
            made.append(Self.made(job.item, kept))
        }
        return made
    }
}
