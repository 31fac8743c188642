import Glibc
import PluginWire
import Support
import System
import TestSupport
import Testing

@testable import PluginHost

/// The search path and what is found on it.
@Suite
struct CatalogueTests {
    private static func manifest(_ name: String, version: String = "1", format: String) -> String {
        """
        {"manifest":1,"name":"\(name)","version":"\(version)","summary":"s","protocol":{"min":1,"max":1},
        "interface":{"min":1,"max":1},"start":{"executable":["x"]},
        "provides":{"formats":[{"name":"\(format)","aliases":["\(format)-alias"]}]}}
        """
    }

    @Test("The list of default kernel modules is that of the first plugin with one, of those that make their artifact")
    func moduleList() throws {
        let scratch = try TemporaryDirectory()
        for (name, artifacts) in [
            ("a", #"{"kind":"other"},{"kind":"modules"}"#), ("b", #"{"kind":"modules","moduleList":"m.conf"}"#),
            ("c", #"{"kind":"further","moduleList":"m.conf"}"#), ("d", #"{"kind":"last","moduleList":"m.conf"}"#),
        ] {
            let manifest = Self.manifest(name, format: "format-\(name)")
                .replacing("\"provides\":{", with: "\"provides\":{\"artifacts\":[\(artifacts)],")
            try scratch.write(manifest, to: "\(name)/plugin.json")
            try scratch.write("[Content]\nKernelModules=ext4\n", to: "\(name)/m.conf")
        }
        let catalogue = PluginCatalogue(PluginSearchPath(directories: [scratch.path]))
        #expect(catalogue.problems.isEmpty)
        #expect(catalogue.moduleList == scratch("c/m.conf"))
        #expect(PluginCatalogue(PluginSearchPath(directories: [scratch("a")])).moduleList == nil)
    }

    @Test
    func theSearchPathHasAllDirectoriesInOrder() {
        let environment = ["MKOSI_PLUGIN_PATH": "/a:/b", "HOME": "/home/me"]
        let path = PluginSearchPath.standard(project: "/project", installation: Installation(prefix: "/opt")) {
            environment[$0]
        }
        #expect(
            path.directories == [
                "/a", "/b", "/project/mkosi.plugins", "/home/me/.local/share/mkosi/plugins",
                "/usr/local/lib/mkosi/plugins", "/usr/lib/mkosi/plugins", "/opt/lib/mkosi/plugins",
            ]
        )
        let installed = PluginSearchPath.standard(project: nil, installation: Installation(prefix: "/usr")) {
            ["XDG_DATA_HOME": "/data"][$0]
        }
        #expect(
            installed.directories == [
                "/data/mkosi/plugins", "/usr/local/lib/mkosi/plugins", "/usr/lib/mkosi/plugins",
            ]
        )
    }

    @Test(
        "Plugins of another user's home are not used, and one sentence says whose they are",
        .needsRoot
    )
    func foreignHome() throws {
        let scratch = try TemporaryDirectory()
        let plugins = "home/.local/share/mkosi/plugins"
        for name in ["acme", "other"] {
            try scratch.write(Self.manifest(name, format: name), to: "\(plugins)/\(name)/plugin.json")
            try scratch.write("", to: "\(plugins)/\(name)/x", mode: 0o755)
        }
        func found(_ variables: [String: String]) -> (names: [String], reasons: [String]) {
            let installation = Installation(prefix: scratch("none"))
            let catalogue = PluginCatalogue(.standard(project: nil, installation: installation) { variables[$0] })
            let names = catalogue.plugins.filter { $0.directory.hasPrefix(scratch.path) }.map(\.name)
            return (names, catalogue.problems.filter { $0.code == .untrusted }.map(\.message))
        }
        let home = ["HOME": scratch("home")]
        let data = ["XDG_DATA_HOME": scratch("home/.local/share")]
        #expect(found(home).names == ["acme", "other"] && found(home).reasons.isEmpty)
        let cases: [(place: String, variables: [String: String], rest: [String])] = [
            ("home", home, []), ("home/.local", home, []), ("home/.local/share", data, []), (plugins, home, []),
            (plugins, data, []), ("\(plugins)/acme", home, ["other"]), ("\(plugins)/acme/plugin.json", data, ["other"]),
            ("\(plugins)/acme/x", home, ["other"]),
        ]
        for (place, variables, rest) in cases {
            chown(scratch(place), TestUser.id, TestUser.id)
            let (names, reasons) = found(variables)
            #expect(names == rest, "\(place)")
            #expect(reasons.count == 1, "\(place): \(reasons)")
            #expect(reasons.first?.contains("\(scratch(place)) belongs to user \(TestUser.id),") == true, "\(reasons)")
            // What is named for its own sake is the caller's choice.
            let named = variables.merging(["MKOSI_PLUGIN_PATH": scratch(plugins)]) { $1 }
            #expect(found(named).names == ["acme", "other"], "\(place)")
            chown(scratch(place), 0, 0)
        }
    }

    @Test
    func theFirstPluginOfANameCounts() throws {
        let scratch = try TemporaryDirectory()
        try scratch.write(Self.manifest("acme", version: "2", format: "crate"), to: "one/p/plugin.json")
        try scratch.write(Self.manifest("acme", version: "1", format: "old"), to: "two/p/plugin.json")
        try scratch.write(Self.manifest("other", format: "crate"), to: "two/q/plugin.json")
        try scratch.write("{", to: "two/r/plugin.json")
        try scratch.write(Self.manifest("single", format: "box"), to: "single/plugin.json")
        let directories = ["one", "two", "missing", "single"].map { Paths.join(scratch.path, $0) }
        let catalogue = PluginCatalogue(PluginSearchPath(directories: directories))
        #expect(catalogue.plugins.map(\.name) == ["acme", "other", "single"])
        #expect(catalogue.shadowed.map(\.plugin.manifest.version) == ["1"])
        #expect(catalogue.problems.count == 1)
        #expect(catalogue.formatNames == ["box", "crate"])
        #expect(try catalogue.format(named: "crate").plugin.name == "acme")
        #expect(try catalogue.format(named: "box-alias").description.name == "box")
        let failure = try #require(throws: Failure.self) { try catalogue.format(named: "old") }
        #expect(failure.code == .missing)
        #expect(failure.hint == "Available: box, crate")

        let list = PluginReport.list(catalogue)
        #expect(list.contains("acme    2        crate"))
        #expect(list.contains("shadowed: acme 1 in \(scratch.path)/two/p, by \(scratch.path)/one/p"))
        #expect(list.contains("broken: \(scratch.path)/two/r/plugin.json is not a valid plugin manifest"))
        let info = PluginReport.info(try catalogue.plugin(named: "single"))
        #expect(info.contains("format box\n  aliases: box-alias\n"))
    }

    @Test
    func aRemovedDirectoryTakesOnlyItsOwnAway() throws {
        let scratch = try TemporaryDirectory()
        let kept = try scratch.write(Self.manifest("a", format: "one"), to: "p/a/plugin.json")
        let path = PluginSearchPath(directories: [Paths.join(scratch.path, "p")])
        let before = PluginCatalogue(path)
        try scratch.write(Self.manifest("b", format: "two"), to: "p/b/plugin.json")
        #expect(PluginCatalogue(path).formatNames == ["one", "two"])
        unlink(Paths.join(scratch.path, "p/b/plugin.json"))
        let after = PluginCatalogue(path)
        #expect(after.plugins == before.plugins)
        #expect(after.formatNames == ["one"] && Files.exists(kept))
    }
}
