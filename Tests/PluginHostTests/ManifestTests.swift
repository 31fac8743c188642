import ByteKeys
import Glibc
import JSON
import PluginWire
import Support
import System
import TestSupport
import Testing

@testable import PluginHost

/// Manifests: what is right is read as the wire types read it, and what is wrong is said in one sentence.
@Suite
struct ManifestTests {
    private static let valid = #"""
        {"manifest":1,"name":"acme","version":"1","summary":"s","protocol":{"min":1,"max":1},
        "interface":{"min":1,"max":1},"start":{"executable":["x"]},
        "provides":{"formats":[{"name":"crate"}],
        "distributions":[{"name":"acme","architectures":{"x86-64":"amd64"}}]}}
        """#

    private static func manifests(below directory: String) throws -> [String] {
        try Files.list(directory).flatMap { name -> [String] in
            let path = Paths.join(directory, name)
            if name == ManifestReader.fileName { return [path] }
            return Files.kind(of: path) == S_IFDIR ? try manifests(below: path) : []
        }
    }

    @Test
    func readsWhatTheWireTypesRead() throws {
        let directories = ["Plugins", "Examples", "Tests/Fixtures"].map { Paths.join(Repository.root, $0) }
        let paths = try directories.flatMap { try Self.manifests(below: $0) }
        #expect(paths.count > 20)
        for path in paths {
            let text = try Files.read(path)
            #expect(try ManifestReader.parse(text) == JSONText.decode(Manifest.self, from: text), "\(path)")
        }
    }

    /// The members of the types, as the compiler knows them, against the page and the schema for editors.
    @Test
    func pageAndSchemaHaveEveryMember() throws {
        let page = try Files.readText(Paths.join(Repository.root, "Sources/PluginABI/PROTOCOL.md"))
        let file = Paths.join(Repository.root, "Sources/PluginABI/plugin.schema.json")
        let schema = try JSON.parse(Files.read(file))
        let manifest = try ManifestReader.parse(Self.valid.utf8)
        let distribution = try #require(manifest.provides.distributions?.first)
        let format = try #require(manifest.provides.formats?.first)
        let setting = Manifest.Setting(name: "A", section: "s", type: "string", help: "h")
        let parts: [(String, Any, JSON?)] = [
            ("manifest", manifest, schema),
            ("distribution", distribution, schema["$defs"]?["distribution"]),
            ("format", format, schema["$defs"]?["format"]),
            ("include", ABI.V1.Include(name: "mkosi-a", path: "p"), schema["$defs"]?["include"]),
            ("description", manifest.provides, schema["properties"]?["provides"]),
            (
                "release", ABI.V1.Release(name: "7"),
                schema["$defs"]?["distribution"]?["properties"]?["releases"]?["items"]
            ),
            ("artifact", ABI.V1.ArtifactDescription(kind: "a"), schema["$defs"]?["artifact"]),
            (
                "bootloader", ABI.V1.BootloaderDescription(name: "b", firmware: ["uefi"]),
                schema["$defs"]?["bootloader"]
            ),
            ("tool", ABI.V1.Tool(name: "t"), schema["$defs"]?["tools"]?["items"]),
            ("setting", setting, schema["$defs"]?["setting"]),
        ]
        for (name, value, part) in parts {
            let properties = try #require(part?["properties"]?.object)
            let members = Mirror(reflecting: value).children.compactMap(\.label)
            #expect(members.count > 1)
            for member in members {
                #expect(properties[member] != nil, "the schema has no \(name).\(member)")
                #expect(page.contains("`\(member)`"), "the page has no \(name).\(member)")
            }
            #expect(Set(properties.keys).subtracting(members) == (name == "manifest" ? ["$schema"] : []))
        }
    }

    @Test
    func aManifestMayHaveNoCode() throws {
        let scratch = try TemporaryDirectory()
        let text = #"""
            {"manifest":1,"name":"acme","version":"1","summary":"s","protocol":{"min":1,"max":1},
            "interface":{"min":1,"max":1},"provides":{"formats":[{"name":"crate"}],"includes":[{"name":"mkosi-tools","path":"tools.conf"}]}}
            """#
        try scratch.write(text, to: "plugin.json")
        try scratch.write("[Content]\n", to: "tools.conf")
        let plugin = InstalledPlugin(directory: scratch.path, manifest: try ManifestReader.read(in: scratch.path))
        #expect(!plugin.hasCode)
        #expect(plugin.manifest.provides.includes == [ABI.V1.Include(name: "mkosi-tools", path: "tools.conf")])
        let info = PluginReport.info(plugin)
        #expect(info.contains("started as: no code yet\n") && info.contains("include mkosi-tools: tools.conf\n"))
        let catalogue = PluginCatalogue(PluginSearchPath(directories: [scratch.path]))
        #expect(PluginReport.list(catalogue).contains("\(scratch.path) (no code yet)\n"))
        let failure = try #require(throws: Failure.self) {
            _ = try PluginSession(plugin, launcher: Examples.launcher, services: CheckServices())
        }
        #expect(failure.message == "Plugin acme has no code yet")
    }

    private static let mistakes: [(String, String, String)] = [
        (#""manifest":1"#, #""manifest":2"#, "\"manifest\" is 2, but this mkosi reads version 1"),
        (#""name":"acme""#, #""name":"Acme""#, "\"name\" is \"Acme\", but may contain only"),
        (#""version":"1","#, "", "\"version\" is missing"),
        (#""summary":"s""#, #""summary":5"#, "\"summary\" is not a string"),
        (#""summary":"s""#, #""summary":"a\u001b[31m""#, "\"summary\" contains a control character"),
        (#""protocol":{"min":1"#, #""protocol":{"min":3"#, "\"protocol.max\" is less than \"min\""),
        (#"["x"]"#, #"["../x"]"#, "must be a file in the manifest's own directory"),
        (#"["x"]"#, #"["/bin/sh"]"#, "must be a file in the manifest's own directory"),
        (#"{"executable":["x"]}"#, "{}", "\"start\" must have exactly one of the members"),
        (#"{"executable":["x"]}"#, #"{"executable":["x"],"library":"y"}"#, "\"start\" must have exactly one"),
        (#"{"name":"crate"}"#, #"{"name":"crate"},{"name":"crate"}"#, "uses the name \"crate\" twice"),
        (#"{"name":"crate"}"#, #"{"name":"crate","compression":"zip"}"#, "formats[0].compression\" is \"zip\""),
        (
            #"{"name":"crate"}"#, #"{"name":"crate","kernel":"no"}"#,
            "kernel\" is \"no\", which is not one of always, auto"
        ),
        (
            #"{"x86-64":"amd64"}"#, #"{"x86-64":"amd64"},"releases":[{"name":"a"},{"name":"b","aliases":["a"]}]"#,
            "distributions[0].releases\" has the name \"a\" twice"
        ),
        (#"{"x86-64":"amd64"}"#, #"{"x86-64":"amd64"},"toolsDistribution":"A""#, "may contain only lower case letters"),
        (#"{"name":"crate"}"#, #"{"name":"crate","uses":["a",1]}"#, "formats[0].uses[1]\" is not a string"),
        (#"{"x86-64":"amd64"}"#, "{}", "distributions[0].architectures\" is empty"),
        (#""formats":"#, #""includes":[{"name":"acme","path":"p"}],"formats":"#, "must begin with mkosi-"),
        (#""formats":"#, #""includes":[{"name":"mkosi-","path":"p"}],"formats":"#, "must begin with mkosi-"),
        (#""formats":"#, #""includes":[{"name":"mkosi-a"}],"formats":"#, "includes[0].path\" is missing"),
        (
            #""formats":"#, #""includes":[{"name":"mkosi-a","path":"../p"}],"formats":"#,
            "must be a file in the manifest's own directory"
        ),
        (
            #""formats":"#, #""includes":[{"name":"mkosi-a","path":"resources/p"}],"formats":"#,
            "\"provides.includes[0].path\" is \"resources/p\", which does not exist"
        ),
        (
            #""formats":"#, #""artifacts":[{"kind":"a","moduleList":"../m"}],"formats":"#,
            "must be a file in the manifest's own directory"
        ),
        (
            #""formats":"#, #""artifacts":[{"kind":"a","moduleList":"m.conf"}],"formats":"#,
            "\"provides.artifacts[0].moduleList\" is \"m.conf\", which does not exist"
        ),
        (#""formats":"#, #""artifacts":[{"kind":"a"},{"kind":"a"}],"formats":"#, "uses the name \"a\" twice"),
        (
            #""formats":"#, #""artifacts":[{"kind":"a","per":"disk"}],"formats":"#,
            "per\" is \"disk\", which is not one of"
        ),
        (
            #""formats":"#, #""artifacts":[{"kind":"a","reads":["/a/../b"]}],"formats":"#,
            "not an absolute path in the tree"
        ),
        (#""formats":"#, #""bootloaders":[{"name":"b"}],"formats":"#, "bootloaders[0].firmware\" is missing"),
        (
            #""formats":"#, #""bootloaders":[{"name":"b","firmware":["uefi"],"writes":["/a/../b"]}],"formats":"#,
            "not an absolute path in the tree"
        ),
        (
            #""formats":"#, #""bootloaders":[{"name":"b","firmware":["uefi"],"writes":["/a*"]}],"formats":"#,
            "which is a pattern"
        ),
        (
            #""formats":"#, #""bootloaders":[{"name":"b","firmware":["ufi"]}],"formats":"#,
            "which is not one of uefi, bios"
        ),
        (#""formats":"#, #""bootloaders":[{"name":"none","firmware":["bios"]}],"formats":"#, "means no boot loader"),
        (#"{"name":"crate"}"#, #"{"name":"crate","from":["crate"]}"#, "from\" names the format itself"),
        (#""manifest":1"#, #""manifest":1,"settings":[{"name":"a"}]"#, "\"settings[0].name\" is \"a\""),
        ("}]}}", "}]}", "is not JSON: it ends in the middle"),
    ]

    @Test(arguments: mistakes)
    func saysWhatIsWrong(old: String, new: String, sentence: String) throws {
        let scratch = try TemporaryDirectory()
        let text = Self.valid.replacing(old, with: new, maxReplacements: 1)
        #expect(text != Self.valid)
        try scratch.write(text, to: "plugin.json")
        let failure = try #require(throws: Failure.self) { try ManifestReader.read(in: scratch.path) }
        #expect(failure.message.contains(sentence), "\(failure.message)")
        #expect(failure.message.hasPrefix("\(scratch.path)/plugin.json is not a valid plugin manifest: "))
        #expect(!failure.message.contains("\n"))
    }
}
