import ByteKeys
import LayerStore
import PluginHost

import Support
import System
import TestSupport
import Testing
import Tools

@testable import Builder

/// Projects share package metadata unless they bring code that runs while packages are chosen.
@Suite struct MetadataDirectoryTests {
    private let directory: TemporaryDirectory
    private let installation: Installation
    private let plugin: InstalledPlugin

    init() throws {
        directory = try TemporaryDirectory()
        installation = Installation(prefix: directory("prefix"))
        try directory.write("program", to: "prefix/lib/mkosi/plugins/acme/program", mode: 0o755)
        try directory.write("program", to: "project/mkosi.plugins/acme/program", mode: 0o755)
        let manifest = try MemoryHost.parsedManifest()
        plugin = InstalledPlugin(directory: directory("prefix/lib/mkosi/plugins/acme"), manifest: manifest)
    }

    private func code(
        _ plugin: InstalledPlugin? = nil,
        sandboxTree: String? = nil,
        tools: Tools = Tools(),
        variables: ByteDictionary<String> = [:],
        proxy: [String] = []
    ) throws -> LayerKey? {
        try MetadataDirectory.code(
            plugin: plugin ?? self.plugin,
            sandboxTree: sandboxTree,
            tools: tools,
            variables: variables,
            proxy: proxy,
            installation: installation
        )
    }

    private func path(_ code: LayerKey?) throws -> String {
        let name = try #require(FileName("acme~7~x86-64"))
        return try MetadataDirectory.make(name, in: directory("metadata"), for: code, installation: installation)
    }

    @Test func withoutCodeOfItsOwnAProjectSharesTheMetadata() throws {
        #expect(try code() == nil)
        #expect(try path(nil) == directory("metadata/acme~7~x86-64"))
    }

    @Test func filesForThePackageManagerHaveMetadataOfTheirOwn() throws {
        try directory.write("a hook", to: "one/etc/hook")
        try directory.write("a hook", to: "same/etc/hook")
        try directory.write("another", to: "other/etc/hook")
        let one = try code(sandboxTree: directory("one"))
        #expect(try one != nil && one == code(sandboxTree: directory("same")))
        #expect(try one != code(sandboxTree: directory("other")))
        let places = try [path(nil), path(one), path(code(sandboxTree: directory("other")))]
        #expect(Set(places).count == 3)
        #expect(places.allSatisfy(Files.isDirectory))
    }

    @Test func toolsAndPluginsFromElsewhereHaveMetadataOfTheirOwn() throws {
        try directory.write("apt", to: "tools/usr/bin/apt", mode: 0o755)
        try directory.write("apt", to: "others/usr/bin/apt", mode: 0o755)
        let tools = try code(tools: Tools(root: directory("tools")))
        #expect(try tools != nil && tools != code(tools: Tools(root: directory("others"))))
        let own = InstalledPlugin(directory: directory("project/mkosi.plugins/acme"), manifest: plugin.manifest)
        #expect(try code(own) != nil)
    }

    @Test func variablesThatMakeProgramsLoadSomethingHaveMetadataOfTheirOwn() throws {
        let one = try code(variables: ["LD_PRELOAD": "/mirror/one.so"])
        #expect(try one != nil && one == code(variables: ["LD_PRELOAD": "/mirror/one.so"]))
        #expect(try one != code(variables: ["LD_PRELOAD": "/mirror/other.so"]))
    }

    @Test func aProxyThatAnswersInThePlaceOfMirrorsHasMetadataOfItsOwn() throws {
        let one = try code(proxy: ["http://one.example"])
        #expect(try one != nil && one == code(proxy: ["http://one.example"]))
        #expect(try one != code(proxy: ["http://one.example", "mirror.example"]))
    }

    @Test func whatWasNotUsedForLongIsRemoved() throws {
        var old: [String] = []
        for number in 0..<12 {
            try directory.write("hook \(number)", to: "tree\(number)/hook")
            let made = try path(code(sandboxTree: directory("tree\(number)")))
            if number < 10 { old.append(made) }
        }
        #expect(old.allSatisfy(Files.isDirectory))
        // Two days ago.
        for path in old { try runChecked(["touch", "-d", "2 days ago", path]) }
        _ = try path(code(sandboxTree: directory("tree11")))
        #expect(old.filter(Files.isDirectory).count == 6)
        #expect(try Files.isDirectory(path(nil)))
    }
}
