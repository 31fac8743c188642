import Checksum
import Configuration
import LayerStore
import PluginHost
import PluginWire
import Support

/// Finds out what the steps of a layer read.
struct LayerReading {
    let image: ImageConfiguration
    let installation: Installation
    let store: LayerStore
    /// Which users files of the layer can belong to.
    let identity: String

    static let parent = "layer below"
    static let order = "order of packages"

    /// What decides which packages are chosen, apart from the day.
    func choice(_ request: PackageRequest) throws(Failure) -> LayerInputs {
        var inputs = LayerInputs()
        for word in request.asked(by: image) { inputs.add("ask \(word)", "asked") }
        for name in PackagesStep.inputs.choice { add(name, to: &inputs) }
        for name in ["SandboxTrees", "PackageDirectories"] { try addTrees(name, to: &inputs) }
        // Nothing that is kept of the image itself depends on these.
        if request.purpose != .packages { try addTrees("VolatilePackageDirectories", to: &inputs) }
        return inputs
    }

    /// Everything that the steps of a layer read, by names that people understand.
    func layer(
        _ layer: StepLayer,
        _ chosen: [ABI.V1.Package],
        _ management: PackageManagement,
        above parent: LayerKey? = nil
    ) throws(Failure) -> LayerInputs {
        let distribution = management.distribution
        var inputs = LayerInputs()
        inputs.add("mkosi", Version.product)
        inputs.add("identity", identity)
        if let parent { inputs.add(Self.parent, parent.text) }
        let steps = BuildSteps.all.filter { $0.layer == layer && $0.isNeeded(for: image) }
        inputs.add("steps", steps.map { $0.name })
        for step in steps {
            for name in step.inputs.settings { add(name, to: &inputs) }
            for name in step.inputs.trees { try addTrees(name, to: &inputs) }
        }
        for name in (distribution.description.settings ?? []) where !PackagesStep.inputs.choice.contains(name) {
            add(name, to: &inputs)
        }
        for (name, value) in image.environment { inputs.add("environment \(name)", value) }
        try addPrograms(distribution, to: &inputs)
        try add(management.configuration, management.workspacePath, to: &inputs)
        for package in chosen {
            let requested = package.requested == true ? " requested" : ""
            let digest = package.sha256.prefix(16)
            inputs.add("package \(package.name) \(package.architecture)", "\(package.version) \(digest)\(requested)")
        }
        inputs.add(Self.order, chosen.map { "\($0.name) \($0.sha256)" })
        return inputs
    }

    // MARK: - Kinds of inputs

    private func add(_ setting: String, to inputs: inout LayerInputs) {
        let value = image.value(named: setting)
        switch value {
        case .unset: break
        case .text(let text): inputs.add("\(setting)=", text)
        case .list(let words): inputs.add("\(setting)=", words)
        default: inputs.add("\(setting)=", String(value.json.indentedText.dropLast()))
        }
    }

    /// Content, modes and times of the trees that a setting names.
    private func addTrees(_ setting: String, to inputs: inout LayerInputs) throws(Failure) {
        var sources: [(source: String, target: String?)] = []
        switch image.value(named: setting) {
        case .trees(let trees): sources = trees.map { ($0.source, $0.target) }
        case .list(let paths): sources = paths.map { ($0, nil) }
        default: return
        }
        for (source, target) in sources {
            let path = Paths.resolved(source) ?? source
            inputs.add("\(setting)= \(source)", "\(target ?? "/") \(try digest(of: path))")
        }
    }

    /// The programs that work on the layer: they may do it otherwise in another version.
    private func addPrograms(
        _ distribution: PluginCatalogue.Distribution,
        to inputs: inout LayerInputs
    ) throws(Failure) {
        inputs.add("program mkosi-tree", try digest(of: installation.treeEditor))
        let plugin = distribution.plugin
        inputs.add("plugin \(plugin.name)", "\(plugin.manifest.version) \(try digest(of: plugin.directory))")
        for tool in distribution.description.tools ?? [] {
            let names = [tool.name] + (tool.alternatives ?? [])
            guard let path = names.lazy.compactMap({ Paths.findProgram($0, path: RequiredTools.path) }).first else {
                continue
            }
            inputs.add("program \(tool.name)", try digest(of: Paths.resolved(path) ?? path))
        }
    }

    /// The package manager's configuration, as the plugin wants it.
    private func add(
        _ files: [ABI.V1.File],
        _ workspace: String,
        to inputs: inout LayerInputs
    ) throws(Failure) {
        for file in files {
            let mode = String(file.mode ?? 0o644, radix: 8)
            // The workspace has another name each time.
            let text = (file.text ?? "").split(separator: workspace, omittingEmptySubsequences: false).joined()
            let content: String
            do {
                content = try file.source.map { try Digest.ofFile($0) } ?? Digest.of(Array(text.utf8))
            } catch {
                throw Failure(.system, "Cannot read the configuration of the package manager", cause: error)
            }
            inputs.add("configuration \(file.path)", "\(mode) \(content)")
        }
    }

    /// The digest of a tree, of which only those files are read that have changed since the last time.
    private func digest(of path: String) throws(Failure) -> String {
        var name = LayerInputs()
        name.add("path", path)
        let file = "\(store.directory)/indexes/\(name.key.text)"
        var index = TreeIndex(file: file)
        do {
            let manifest = try TreeManifest(of: path, as: .source, index: &index)
            try Files.makeDirectories("\(store.directory)/indexes", mode: 0o700)
            try index.write(to: file)
            return manifest.digest
        } catch {
            throw Failure(.system, "Cannot read \(path)", cause: error)
        }
    }
}
