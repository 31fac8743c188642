import ByteKeys
import Configuration
import LayerStore
import Support
import TestSupport
import Testing
import Tools

@testable import Builder

/// The keys of steps: what they contain, and that they say nothing of the host that computes them.
@Suite struct CacheKeyTests {
    /// A host with tools, an installation and a store of its own.
    private static func builder(
        _ directory: TemporaryDirectory,
        _ host: String,
        compiler: String = "compiler",
        _ settings: [(String, String)] = []
    ) throws -> CacheKeyBuilder {
        try directory.write(compiler, to: "\(host)/tools/usr/bin/cc", mode: 0o755)
        try directory.write("depmod", to: "\(host)/tools/usr/sbin/depmod", mode: 0o755)
        try directory.write("editor", to: "\(host)/prefix/lib/mkosi/libexec/mkosi-tree", mode: 0o755)
        // The same on all hosts: scripts may use the paths of their project.
        try directory.write("#!/bin/sh", to: "project/script", mode: 0o755)
        let project = directory("project")
        return CacheKeyBuilder(
            image: try Images.image(
                [("FinalizeScripts", "\(project)/script"), ("BuildSources", "")] + settings,
                directory: project
            ),
            installation: Installation(prefix: directory("\(host)/prefix")),
            store: try LayerStore(directory: directory("\(host)/store")),
            identity: "root",
            options: ImageBuild.Options(variables: [:]),
            tools: Tools(root: directory("\(host)/tools"))
        )
    }

    private static func inputs(_ builder: CacheKeyBuilder, _ step: any BuildStep) throws -> LayerInputs {
        try builder.inputs(of: step, CacheKeyBuilder.Situation(shared: [:]) { _ in [:] })
    }

    @Test("Two hosts with the same tools and inputs compute the same keys, other tools give other keys")
    func keysSayNothingOfTheHost() throws {
        let directory = try TemporaryDirectory()
        let first = try Self.builder(directory, "first")
        let second = try Self.builder(directory, "somewhere/else/second")
        let other = try Self.builder(directory, "other", compiler: "another compiler")
        for step in [ModuleDependenciesStep(), SystemSettingsStep()] as [any BuildStep] {
            #expect(try Self.inputs(first, step).values == Self.inputs(second, step).values)
        }
        func tools(_ builder: CacheKeyBuilder) throws -> String? {
            try Self.inputs(builder, ScriptStep.finalize).values["tools"]
        }
        #expect(try tools(first) != nil)
        #expect(try tools(first) == tools(second))
        #expect(try tools(first) != tools(other))
        #expect(try Self.inputs(first, ScriptStep.finalize).values == Self.inputs(second, ScriptStep.finalize).values)
        #expect(try Self.inputs(first, ScriptStep.finalize).key != Self.inputs(other, ScriptStep.finalize).key)
    }

    @Test func aKeyHasTheSettingsThatItsStepDeclaresAndNoOthers() throws {
        let directory = try TemporaryDirectory()
        let plain = try Self.builder(directory, "plain")
        let named = try Self.builder(directory, "named", [("Hostname", "box")])
        #expect(try Self.inputs(named, SystemSettingsStep()).values["Hostname="] == "box")
        #expect(try Self.inputs(plain, SystemSettingsStep()).key != Self.inputs(named, SystemSettingsStep()).key)
        #expect(try Self.inputs(plain, ExtraTreesStep()).key == Self.inputs(named, ExtraTreesStep()).key)
    }
}
