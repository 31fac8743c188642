import ByteKeys
import Configuration
import Display
import Execution
import LayerStore
import PluginWire
import Sandbox
import Support
import TestSupport
import Tools

@testable import Builder
@testable import PluginHost

/// A host whose sandbox, layers and distribution are in memory; only what a project consists of are files.
final class MemoryHost {
    let directory: TestSupport.TemporaryDirectory
    let sandbox: MemorySandbox
    let store: MemoryStore
    /// The packages of the distribution, by name.
    var repository: [String: ABI.V1.Package] = [:]
    /// True if the distribution refuses to add packages to others.
    var refusesAdditions = false
    /// True if it answers with its own version of packages that are there.
    var forgetsPresent = false
    private(set) var conversations: [MemoryConversation] = []

    init(_ sandbox: MemorySandbox = MemorySandbox()) throws {
        directory = try TestSupport.TemporaryDirectory()
        self.sandbox = sandbox
        store = MemoryStore(directory: directory("store"))
        try directory.write("editor", to: "prefix/lib/mkosi/libexec/mkosi-tree", mode: 0o755)
        try directory.write("compiler", to: "tools/usr/bin/cc", mode: 0o755)
        try directory.write(Self.manifest, to: "plugin/plugin.json")
        for name in ["project", "workspace"] { try directory.makeDirectory(name) }
        for name in ["bash", "vim", "gcc"] { offer(name) }
    }

    private static let manifest = """
        {"manifest":1,"name":"acme","version":"1","summary":"s","protocol":{"min":1,"max":1},
        "interface":{"min":1,"max":1},"start":{"executable":["x"]},
        "provides":{"distributions":[{"name":"acme","architectures":{"x86-64":"x86_64"},"anyRelease":true}]}}
        """

    func offer(_ name: String, version: String = "1") {
        repository[name] = ABI.V1.Package(
            name: name,
            version: version,
            architecture: "x86_64",
            urls: ["https://acme.example/\(name)-\(version).pkg"],
            size: 10,
            sha256: Self.digest("\(name) \(version)"),
            fileName: "\(name)-\(version).pkg"
        )
    }

    private static func digest(_ text: String) -> String {
        var inputs = LayerInputs()
        inputs.add("package", text)
        return inputs.key.text
    }

    /// Writes a file of the project and returns its path.
    @discardableResult
    func write(_ text: String, to name: String) throws -> String {
        try directory.write(text, to: "project/\(name)", mode: 0o755)
        return directory("project/\(name)")
    }

    func image(_ settings: [(String, String)] = []) throws -> ImageConfiguration {
        try Images.image([("BuildSources", "")] + settings, directory: directory("project"))
    }

    func environment() throws -> BuildEnvironment {
        var environment = BuildEnvironment(
            installation: Installation(prefix: directory("prefix")),
            display: EventReporter([]),
            cancellation: try Cancellation(),
            timing: Timing()
        )
        environment.sandboxes = sandbox
        environment.tools = Tools(root: directory("tools"))
        return environment
    }

    // MARK: - Parts of a build

    func cache(
        _ image: ImageConfiguration,
        force: Int = 0,
        _ options: ImageBuild.Options = ImageBuild.Options(variables: [:])
    ) throws -> LayerCache {
        var options = options
        options.force = force
        return LayerCache(image, try environment(), store, options, "root")
    }

    /// The manifest of the plugin that all these builds use.
    static func parsedManifest() throws -> Manifest { try ManifestReader.parse(manifest.utf8) }

    /// The package manager of an image in a new build.
    func packages(
        _ image: ImageConfiguration,
        lock: ImageLock? = nil,
        cache: LayerCache? = nil,
        environment: BuildEnvironment? = nil
    ) throws -> PackageManagement {
        let environment = try environment ?? self.environment()
        let manifest = try Self.parsedManifest()
        let plugin = InstalledPlugin(directory: directory("plugin"), manifest: manifest)
        guard let description = manifest.provides.distributions?.first else {
            throw Failure(.plugin, "There is no distribution")
        }
        let conversation = MemoryConversation { [weak self] request throws(Failure) in try self?.answer(request) }
        conversations.append(conversation)
        let packages = try PackageManagement(
            image: PackageImage(image, description),
            distribution: PluginCatalogue.Distribution(plugin: plugin, description: description),
            environment: environment,
            sandbox: buildSandbox(environment),
            workspacePath: directory("workspace"),
            cache: directory("cache"),
            lock: lock,
            connect: { _, _, _ in conversation }
        )
        packages.cache = cache
        return packages
    }

    private func answer(_ request: any PluginRequest) throws(Failure) -> (any Sendable)? {
        guard let request = request as? ABI.V1.Resolve else { return nil }
        if refusesAdditions, request.present != nil { throw Failure(.plugin, "It does not fit") }
        var found: [ABI.V1.Package] = []
        for name in request.packages {
            if !forgetsPresent, let present = request.present?.first(where: { $0.name == name }) {
                found.append(present)
            } else if let package = repository[name] {
                found.append(package)
            } else {
                throw Failure(.missing, "There is no package \(name)")
            }
        }
        return ABI.V1.Resolved(packages: found, indexes: [])
    }

    /// The requests to resolve packages in all builds so far.
    var resolutions: [ABI.V1.Resolve] { conversations.flatMap(\.requests).compactMap { $0 as? ABI.V1.Resolve } }

    func buildSandbox(_ environment: BuildEnvironment) -> BuildSandbox {
        BuildSandbox(
            installation: environment.installation,
            tools: environment.tools,
            workspace: directory("workspace"),
            temporary: directory("workspace"),
            writable: [],
            readable: [],
            variables: [:],
            networkAllowed: false
        )
    }

    func scripts(_ image: ImageConfiguration, _ environment: BuildEnvironment) -> ScriptRunner {
        let place = directory("workspace")
        return ScriptRunner(
            settings: SettingsView(ScriptSettings(), of: image),
            runner: SandboxRunner(sandbox: buildSandbox(environment), environment: environment),
            environment: ScriptEnvironment(
                settings: SettingsView(ScriptVariableSettings(), of: image),
                variables: image.environment,
                localArchitecture: "x86_64",
                isDebug: false,
                hasBuildDirectory: false
            ),
            sources: ScriptSources(
                settings: SettingsView(ScriptSourceSettings(), of: image),
                directories: LayerDirectories(directory: "\(place)/layers"),
                outputDirectory: image.outputDirectory
            ),
            directories: ScriptRunner.Directories(
                helpers: "\(place)/helpers",
                destination: "\(place)/destination",
                output: "\(place)/output",
                packages: "\(place)/packages",
                artifacts: "\(place)/artifacts",
                configuration: "\(place)/config.json",
                locks: "\(place)/locks"
            )
        )
    }

    /// The state of a new build of an image.
    func state(
        _ image: ImageConfiguration,
        force: Int = 0,
        hasPackages: Bool = false
    ) throws -> BuildState {
        let environment = try environment()
        let cache = try cache(image, force: force)
        let state = BuildState(
            image: image,
            environment: environment,
            directories: LayerDirectories(directory: directory("workspace/layers")),
            sandbox: buildSandbox(environment),
            root: directory("workspace/root"),
            packages: hasPackages ? try packages(image, cache: cache, environment: environment) : nil,
            scripts: scripts(image, environment),
            baseTrees: [],
            plan: BuildPlan(for: image, BuildPlan.Facts())
        )
        state.cache = cache
        return state
    }
}
