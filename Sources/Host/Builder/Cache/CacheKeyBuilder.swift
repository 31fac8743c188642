import ByteKeys
import Configuration
import Crypto
import Display
import Glibc
import JSON
import LayerStore
import PluginHost
import PluginWire
import Support
import System
import Tools

/// Finds out what steps read.
///
/// Not safe for use by several threads: it remembers digests of trees for as long as nothing can have changed them.
final class CacheKeyBuilder {
    let image: ImageConfiguration
    let installation: Installation
    let store: any LayerKeeping
    /// The users that files of a layer can belong to.
    private let identity: String
    let options: BuildOptions
    /// The plugin that decides which packages are chosen; nil if none are.
    var distributionPlugin: InstalledPlugin?
    let display: EventReporter?
    var knownSources: [TreeManifest.Subject: ByteDictionary<String>] = [:]
    /// Those of base trees, which nothing changes while the image is built on them.
    private var baseDigests: [String] = []
    /// The programs of the build.
    let tools: Tools
    /// The digest of all of them, once it is known.
    var knownTools: String?
    /// The known digests of files, by the file that keeps them.
    private var indexes: ByteDictionary<TreeIndex> = [:]

    static let parent = "layer below"
    static let order = "order of packages"
    /// The prefix of the request to the distribution.
    static let asked = "ask "
    /// The prefix of settings that a step can read in the configuration file.
    static let configured = "$MKOSI_CONFIG "
    /// The input that identifies what scripts have left in a shared directory.
    static func results(in directory: SharedDirectory) -> String { "results in \(directory.rawValue)" }
    /// The prefix of the paths of sources.
    static let source = "source "

    init(
        image: ImageConfiguration,
        installation: Installation,
        store: any LayerKeeping,
        identity: String,
        options: BuildOptions,
        tools: Tools = Tools(),
        display: EventReporter? = nil
    ) {
        self.image = image
        self.installation = installation
        self.store = store
        self.identity = identity
        self.options = options
        self.tools = tools
        self.display = display
    }

    /// The known state of a build when a step's turn comes.
    struct Situation {
        var parent: LayerKey?
        var packageManager: PackageManagerInputs?
        /// Those that the step installs.
        var part: PackagePart?
        var shared: [SharedDirectory: SharedContent]
        /// The variables in the environment of scripts of a kind.
        var variables: (ScriptKind) -> ByteDictionary<String>
    }

    /// Returns the inputs that decide which packages are chosen, apart from the day.
    func choice(_ request: PackageRequest) throws(Failure) -> LayerInputs {
        var inputs = LayerInputs()
        for word in request.asked(by: PackageImage(image)) { inputs.add("\(Self.asked)\(word)", "asked") }
        for name in RepositorySettings().names(.choice) { add(name, to: &inputs) }
        for setting in [settingName(.sandboxTrees), settingName(.packageDirectories)] {
            try addTrees(setting, to: &inputs)
        }
        if let distributionPlugin { try add(distributionPlugin, to: &inputs) }
        // What base trees have is not installed again.
        try addBaseTrees(to: &inputs)
        // Nothing that is kept of the image itself depends on these.
        if request.purpose == .packages { return inputs }
        try addTrees(settingName(.volatilePackageDirectories), to: &inputs)
        return inputs
    }

    /// Everything that a step reads, by names that people understand.
    func inputs(of step: any BuildStep, _ situation: Situation) throws(Failure) -> LayerInputs {
        var inputs = try inputs(ofArchive: nil)
        inputs.add("step", step.name)
        if let parent = situation.parent {
            inputs.add(Self.parent, parent.text)
        } else {
            try addBaseTrees(to: &inputs)
        }
        try add(step.settings, to: &inputs)
        for directory in step.inputs.directories { add(situation.shared[directory], as: directory, to: &inputs) }
        for name in step.inputs.programs { try addProgram([name], to: &inputs) }
        for (name, value) in step.inputs.facts { inputs.add(name, value) }
        if step.inputs.runsPrograms {
            for (name, value) in image.environment { inputs.add("environment \(name)", value) }
        }
        if let kind = step.inputs.scripts { try add(kind, situation, to: &inputs) }
        if let plugin = step.inputs.plugin { try add(plugin, to: &inputs) }
        if step.inputs.packages != nil || step.inputs.usesPackageManager || step.inputs.scripts != nil,
            let packageManager = situation.packageManager
        {
            try add(packageManager, to: &inputs)
        }
        if let part = situation.part { add(part, to: &inputs) }
        return inputs
    }

    /// Returns the inputs of an archive that is unpacked as a tree of its own; without one those that everything
    /// depends on.
    func inputs(ofArchive path: String?) throws(Failure) -> LayerInputs {
        var inputs = LayerInputs()
        inputs.add("mkosi", Version.product)
        inputs.add("identity", identity)
        inputs.add("program mkosi-tree", try digest(of: installation.treeEditor, as: .program))
        if let path { inputs.add("content of the archive", try digest(of: path)) }
        return inputs
    }

    // MARK: - Packages

    private func add(_ management: PackageManagerInputs, to inputs: inout LayerInputs) throws(Failure) {
        let distribution = management.distribution
        let choice = PackagesStep().settings.names(.choice)
        for name in distribution.description.settings ?? [] where !choice.contains(name) {
            add(name, to: &inputs)
        }
        try add(distribution.plugin, to: &inputs)
        for tool in distribution.description.tools ?? [] {
            try addProgram([tool.name] + (tool.alternatives ?? []), to: &inputs)
        }
        try add(management.configuration, management.workspacePath, to: &inputs)
    }

    /// Everything that decides what a package manager does with its metadata.
    func configuration(_ packageManager: PackageManagerInputs) throws(Failure) -> LayerInputs {
        var inputs = try inputs(ofArchive: nil)
        for name in RepositorySettings().names(.choice) { add(name, to: &inputs) }
        try addTrees(settingName(.sandboxTrees), to: &inputs)
        try add(packageManager, to: &inputs)
        return inputs
    }

    /// The plugin's directory, and its program where a link leads out of the directory.
    func add(_ plugin: InstalledPlugin, to inputs: inout LayerInputs) throws(Failure) {
        var code = try plugin.directories.map { directory throws(Failure) in
            try digest(of: Paths.resolved(directory) ?? directory, as: .program)
        }.joined(separator: " ")
        if let program = Paths.linkTarget(plugin.file) == nil ? nil : Paths.resolved(plugin.file) {
            code += " \(try digest(of: program, as: .program))"
        }
        inputs.add("plugin \(plugin.name)", "\(plugin.manifest.version) \(code)")
    }

    private func add(_ part: PackagePart, to inputs: inout LayerInputs) {
        for package in part.packages {
            let requested = package.requested == true ? " requested" : ""
            let digest = package.sha256.prefix(16)
            inputs.add("package \(package.name) \(package.architecture)", "\(package.version) \(digest)\(requested)")
        }
        inputs.add(Self.order, part.packages.map { "\($0.name) \($0.sha256)" })
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

    // MARK: - Kinds of inputs

    /// The settings that a step declares.
    func add(_ settings: any StepSettings, to inputs: inout LayerInputs) throws(Failure) {
        var values: ByteSet = []
        for input in settings.declared {
            switch input.role {
            case .value: values.insert(input.name)
            case .content: try addTrees(input.name, to: &inputs)
            case .copy: try addTrees(input.name, as: .copy, to: &inputs)
            // Packages that are chosen are inputs by themselves.
            case .choice, .effect: break
            }
        }
        // No time stamp of any layer is later.
        values.insert(settingName(.sourceDateEpoch))
        for name in values { add(name, to: &inputs) }
    }

    func add(_ setting: String, to inputs: inout LayerInputs, after prefix: String = "") {
        // A random seed differs each time, and is not an input.
        if setting == settingName(.seed), image.assignments(to: setting).isEmpty { return }
        let name = "\(prefix)\(setting)="
        let value = image.value(named: setting)
        switch value {
        case .unset: break
        case .text(let text): inputs.add(name, text)
        // Whether an empty list was set says nothing to a step: a main image may have none where subimages have it
        // empty.
        case .list(let words): if !words.isEmpty { inputs.add(name, words.map(place)) }
        case .trees(let trees): inputs.add(name, trees.flatMap { [place($0.source), $0.target ?? "/"] })
        default:
            let lines = value.json.indentedText.split(separator: "\n").map { $0.drop { $0 == " " } }
            let text = lines.joined(separator: " ")
            // What is written down stays for long, and plans show it.
            let isSecret = image.registry.setting(named: setting)?.isSecret == true
            inputs.add(name, text, isShown: !isSecret)
        }
    }

    /// Content of the files that a setting names; of those that are still to be made, that they do not exist.
    func addFiles(_ setting: String, to inputs: inout LayerInputs) throws(Failure) {
        for path in paths(of: setting).map(\.source) where !Files.exists(path) {
            inputs.add("\(setting)= \(place(path))", "not created yet")
        }
        try addTrees(setting, to: &inputs, where: Files.exists)
    }

    /// The paths of the host that a setting names, and where they are to be in the image.
    private func paths(of setting: String) -> [(source: String, target: String?)] {
        switch image.value(named: setting) {
        case .trees(let trees): trees.map { ($0.source, $0.target) }
        case .list(let paths): paths.map { ($0, nil) }
        case .text(let path): [(path, nil)]
        default: []
        }
    }

    /// Content, modes and times of the trees that a setting names.
    func addTrees(
        _ setting: String,
        as subject: TreeManifest.Subject = .source,
        to inputs: inout LayerInputs,
        where isWanted: (String) -> Bool = { _ in true }
    ) throws(Failure) {
        let sources = paths(of: setting).filter { isWanted($0.source) }
        for (source, target) in sources {
            let path = Paths.resolved(source) ?? source
            inputs.add("\(setting)= \(place(source))", "\(target ?? "/") \(try digest(of: path, as: subject))")
        }
        if sources.count > 1 { inputs.add("order of \(setting)=", sources.map { place($0.source) }) }
    }

    /// A path relative to the project, so that the project can be moved.
    func place(_ path: String) -> String {
        if path.hasSameBytes(as: image.directory) { return "." }
        guard Paths.isBelow(path, image.directory) else { return path }
        return String(path.utf8.dropFirst(image.directory.utf8.count + 1)) ?? path
    }

    /// Base trees show through with owners and attributes, and may have files that only the sandbox can read.
    private func addBaseTrees(to inputs: inout LayerInputs) throws(Failure) {
        let paths = image[.baseTrees].map { Paths.resolved($0) ?? $0 }
        if paths.isEmpty { return }
        if baseDigests.isEmpty {
            let seal = TreeSeal(
                measures: paths.map { TreeSeal.Measure($0, as: .layer, index: indexFile(of: $0)) }
            )
            baseDigests = try LayerSealing(installation: installation).run(seal).map(\.digest)
        }
        for (path, digest) in zip(paths, baseDigests) {
            inputs.add("\(settingName(.baseTrees))= \(place(path))", digest)
        }
        if paths.count > 1 { inputs.add("order of \(settingName(.baseTrees))=", paths.map(place)) }
    }

    /// A program that works on the layer: it may do it otherwise in another version.
    func addProgram(_ names: [String], to inputs: inout LayerInputs) throws(Failure) {
        guard let path = names.lazy.compactMap(tools.find).first.flatMap(tools.hostPath) else { return }
        inputs.add("program \(names[0])", try digest(of: path, as: .program))
    }

    private func indexFile(of path: String) -> String { "\(store.directory)/indexes/\(indexName(of: path))" }

    func indexName(of path: String) -> String {
        var name = LayerInputs()
        name.add("path", path)
        return name.key.text
    }

    /// The digest of a tree, of which only those files are read that have changed since the last time.
    func digest(
        of path: String,
        as subject: TreeManifest.Subject = .source,
        contentLimit: Int64? = nil,
        isExcluded: (String) -> Bool = { _ in false }
    ) throws(Failure) -> String {
        let progress = ReadingProgress(path: path, display: display)
        defer { progress.end() }
        let file = indexFile(of: path)
        var index = indexes[file] ?? TreeIndex(file: file)
        do {
            let manifest = try TreeManifest(
                of: path,
                as: subject,
                latest: image[.sourceDateEpoch],
                index: &index,
                contentLimit: contentLimit,
                onRead: { progress.add($0) },
                isExcluded: isExcluded
            )
            try Files.makeDirectories("\(store.directory)/indexes", mode: 0o700)
            try index.write(to: file)
            indexes[file] = index
            return manifest.digest
        } catch {
            // Modes that keep the user out keep nothing from the copy, which the root of a namespace makes.
            if subject == .copy, geteuid() != 0 {
                let measure = TreeSeal.Measure(path, as: subject, index: file)
                let seal = TreeSeal(to: image[.sourceDateEpoch], measures: [measure])
                return try LayerSealing(installation: installation).run(seal)[0].digest
            }
            throw Failure(.system, "Cannot read \(path)", cause: error)
        }
    }
}
