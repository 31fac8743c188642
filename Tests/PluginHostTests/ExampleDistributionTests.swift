import Execution
import PluginHost
import PluginWire
import Support
import System
import TestSupport
import Testing

/// The tiny distribution, told in several languages: each makes a repository, resolves, installs and inspects.
@Suite
struct ExampleDistributionTests {
    @Test(arguments: ["python", "swift/executable", "swift/library"])
    func buildsATree(language: String) throws {
        let scratch = try TemporaryDirectory()
        let mirror = try TinyMirror(in: scratch)
        let example = try Examples.Plugin(language)
        let plugin = try example.installed
        let services = CheckServices()
        let session = try PluginSession(plugin, launcher: Examples.launcher, services: services)
        let name = try #require(plugin.manifest.provides.distributions?.first?.name)
        #expect(session.initialized.plugin.name == plugin.name)
        #expect(try session.request(Describe()) == plugin.manifest.provides)

        var context = ABI.V1.Context(
            distribution: name,
            release: "1",
            architecture: "x86-64",
            localArchitecture: "x86_64",
            cache: try scratch.makeDirectory("cache"),
            workspace: try scratch.makeDirectory("workspace")
        )
        _ = try session.request(ABI.V1.MakeRepository(context: context, directory: mirror.directory))
        context.mirror = "file://\(mirror.directory)"
        _ = try session.request(ABI.V1.Configure(context: context))

        let root = try scratch.makeDirectory("root")
        let resolved = try session.request(
            ABI.V1.Resolve(context: context, packages: ["hello"], packageSets: ["base"], root: root)
        )
        #expect(resolved.packages.map(\.name) == ["base", "words", "hello"])
        #expect(resolved.packages.map(\.requested) == [true, false, true])
        let packages = resolved.packages.map { package in
            var package = package
            package.path = "\(mirror.directory)/\(package.fileName)"
            return package
        }
        _ = try session.request(ABI.V1.Install(context: context, root: root, packages: packages))
        #expect(try Files.readText("\(root)/usr/bin/hello").contains("echo hello"))

        let inspected = try session.request(ABI.V1.Inspect(context: context, root: root))
        #expect(inspected.packages.map(\.name) == ["base", "hello", "words"])
        let again = try session.request(
            ABI.V1.Resolve(context: context, packages: ["hello"], packageSets: ["base"], root: root)
        )
        #expect(again.packages.isEmpty)
        #expect(try session.requestIfSupported(ABI.V1.LatestSnapshot(context: context)) == nil)

        let failure = try #require(throws: Failure.self) {
            try session.request(ABI.V1.Resolve(context: context, packages: ["nothing"], packageSets: []))
        }
        #expect(failure.code == .missing)
        #expect(failure.message.contains("there is no package nothing"))
        #expect(session.shutdown() == .exited(0))
    }
}
