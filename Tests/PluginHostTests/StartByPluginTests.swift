import ByteKeys
import Execution
import JSON
import PluginHost
import PluginWire
import Support
import TestSupport
import Testing

/// Plugins that have a manifest of their own and the code of another one.
@Suite struct StartByPluginTests {
    /// A manifest of a distribution that is derived from another plugin's.
    static func manifest(of plugin: String, more: String = "") -> String {
        #"""
        {"manifest": 1, "name": "umbra", "version": "5", "summary": "Derived", "protocol": {"min": 1, "max": 1},
         "interface": {"min": 1, "max": 1}, "start": {"plugin": "\#(plugin)"},
         "provides": {"distributions": [{"name": "umbra", "releases": [{"name": "dawn"}], "defaultRelease": "dawn",
         "architectures": {"x86-64": "x86_64"}, "packageSets": {"base": ["base"]}\#(more)}]}}
        """#
    }

    /// The derived plugin, found on a path on which the other one is as well.
    private static func derived(_ scratch: TemporaryDirectory, of plugin: String, in directories: [String]) throws
        -> InstalledPlugin
    {
        try scratch.write(manifest(of: plugin), to: "umbra/plugin.json")
        let path = PluginSearchPath(directories: ["\(scratch.path)/umbra"] + directories)
        return try PluginCatalogue(path).plugin(named: "umbra")
    }

    @Test(arguments: [
        ("python", "tiny-python"), ("swift/executable", "tiny-swift"), ("swift/library", "tiny-swift-library"),
    ])
    func aDerivedDistributionHasItsOwnName(example: String, name: String) throws {
        let scratch = try TemporaryDirectory()
        let original = try Examples.Plugin(example)
        let plugin = try Self.derived(scratch, of: name, in: [original.directory])
        #expect(plugin.codeFault == nil && plugin.hasCode)
        #expect(plugin.directories == ["\(scratch.path)/umbra", original.directory])
        #expect(PluginReport.info(plugin).contains("code of the plugin: \(name)\n"))

        let mirror = try TinyMirror(in: scratch)
        let session = try PluginSession(plugin, launcher: Examples.launcher, services: CheckServices())
        var context = ABI.V1.Context(
            distribution: "umbra",
            release: "dawn",
            architecture: "x86-64",
            localArchitecture: "x86_64",
            cache: try scratch.makeDirectory("cache"),
            workspace: try scratch.makeDirectory("workspace")
        )
        _ = try session.request(ABI.V1.MakeRepository(context: context, directory: mirror.directory))
        context.mirror = "file://\(mirror.directory)"
        let resolved = try session.request(
            ABI.V1.Resolve(context: context, packages: ["hello"], packageSets: ["base"])
        )
        #expect(resolved.packages.map(\.name) == ["base", "words", "hello"])
        // Its own manifest, and not that of the plugin with the code.
        #expect(try session.request(Describe()).distributions?.map(\.name) == ["umbra"])
        #expect(session.shutdown() == .exited(0))
    }

    @Test func withoutTheOtherPluginNothingStarts() throws {
        let scratch = try TemporaryDirectory()
        let plugin = try Self.derived(scratch, of: "tiny-python", in: [])
        let message = "Plugin umbra cannot be started: it uses the code of the plugin tiny-python"
        #expect(plugin.codeFault?.message.hasPrefix(message) == true)
        let failure = try #require(throws: Failure.self) {
            try PluginSession(plugin, launcher: Examples.launcher, services: CheckServices())
        }
        #expect(failure.message.hasPrefix(message))
        let catalogue = PluginCatalogue(PluginSearchPath(directories: ["\(scratch.path)/umbra"]))
        #expect(PluginReport.list(catalogue).contains("broken: \(message)"))
    }

    @Test func theCodeHasToBeThePluginsOwn() throws {
        let scratch = try TemporaryDirectory()
        let original = try Examples.Plugin("python")
        try scratch.write(
            Self.manifest(of: "umbra").replacing(#""name": "umbra""#, with: #""name": "second""#, maxReplacements: 1),
            to: "second/plugin.json"
        )
        _ = try Self.derived(scratch, of: "tiny-python", in: [original.directory])
        let path = PluginSearchPath(directories: [
            original.directory, "\(scratch.path)/umbra", "\(scratch.path)/second",
        ])
        #expect(try PluginCatalogue(path).plugin(named: "second").codeFault != nil)
    }

    @Test("a made-up derivative of a shipped distribution, from outside the tree")
    func aDerivativeOfAShippedDistribution() throws {
        let scratch = try TemporaryDirectory()
        let keys = try scratch.write("keys\n", to: "umbra.gpg")
        let more = #", "mirrors": {"*": "https://umbra.example/packages"}, "keyrings": ["\#(keys)"]"#
        try scratch.write(Self.manifest(of: "debian", more: more), to: "umbra/plugin.json")
        let path = PluginSearchPath(directories: ["\(scratch.path)/umbra", try Stage.plugins])
        let distribution = try PluginCatalogue(path).distribution(named: "umbra")
        let session = try PluginSession(distribution.plugin, launcher: Examples.launcher, services: CheckServices())
        var context = ABI.V1.Context(
            distribution: "umbra",
            release: "dawn",
            architecture: "x86-64",
            localArchitecture: "amd64",
            cache: try scratch.makeDirectory("cache"),
            workspace: try scratch.makeDirectory("workspace")
        )
        context.defaultMirror = distribution.description.mirror("x86-64", isSnapshot: false)
        context.keyrings = [keys]
        let configured = try session.request(ABI.V1.Configure(context: context))
        #expect(configured.repositories.flatMap(\.urls) == ["https://umbra.example/packages"])
        #expect(configured.files.contains { $0.source == keys })
        let sources = try #require(configured.files.first { $0.path == "/etc/apt/sources.list.d/mkosi.sources" }?.text)
        #expect(sources.contains("URIs: https://umbra.example/packages\n") && sources.contains("Suites: dawn\n"))
        session.shutdown()
    }

    /// What a plugin may read is what it declares: anything else would be no part of a step's key.
    @Test func onlyDeclaredSettingsAreAnswered() throws {
        let scratch = try TemporaryDirectory()
        let program = """
            import json, sys
            def send(**m): print(json.dumps({"jsonrpc": "2.0", **m}), flush=True)
            for line in sys.stdin:
                r = json.loads(line)
                if r["method"] == "shutdown": break
                if r["method"] == "initialize":
                    result = {"protocol": 1, "interface": 1, "plugin": {"name": "reader", "version": "1"}}
                else:
                    send(id="s", method="host/setting", params={"name": r["params"]["kind"]})
                    answer = json.loads(sys.stdin.readline())
                    if "error" in answer:
                        send(id=r["id"], error=answer["error"])
                        continue
                    result = {"files": []}
                send(id=r["id"], result=result)
            """
        try scratch.write("#!/usr/bin/env python3\n" + program, to: "reader/reader.py", mode: 0o755)
        try scratch.write(
            #"""
            {"manifest": 1, "name": "reader", "version": "1", "summary": "s", "protocol": {"min": 1, "max": 1},
             "interface": {"min": 1, "max": 1}, "start": {"executable": ["reader.py"]},
             "provides": {"artifacts": [{"kind": "Declared", "settings": ["Declared"]}]}}
            """#.replacing(#""kind": "Declared""#, with: #""kind": "a""#),
            to: "reader/plugin.json"
        )
        let directory = "\(scratch.path)/reader"
        let plugin = InstalledPlugin(directory: directory, manifest: try ManifestReader.read(in: directory))
        let services = CheckServices(settings: ["Declared": .string("yes")])
        let session = try PluginSession(plugin, launcher: Examples.launcher, services: services)
        func ask(_ setting: String) throws -> ABI.V1.MadeArtifact {
            try session.request(
                ABI.V1.MakeArtifact(kind: setting, root: nil, staging: "/s", workspace: "/w", architecture: "x86-64")
            )
        }
        #expect(try ask("Declared").files.isEmpty)
        let failure = try #require(throws: Failure.self) { try ask("RootPassword") }
        #expect(failure.message.contains("the plugin asked for the setting RootPassword"), "\(failure.message)")
        session.shutdown()
    }
}
