import Execution
import Support
import System
import TestSupport
import Testing

/// What a build asks a plugin, and when.
@Suite
struct PluginSituationTests {
    @Test("Also with a lock file, what is installed is compared with it")
    func locked() throws {
        let plugin = try BrokenPlugin(distribution: [])
        #expect(try plugin.build(["lock"]).succeeded)
        try plugin.change("def install(p):\n", to: "def install(p):\n    return {}\n", in: "tiny.py")
        let built = try plugin.build(["--locked"])
        #expect(built.status == .exited(1), "\(built)")
        #expect(
            built.errors.contains("did not install the resolved packages: base (x86_64) 1.0 is missing, hello"),
            "\(built)"
        )
    }

    @Test("With CacheOnly=always the plugin knows it, and the error names plugin and URL")
    func cacheOnly() throws {
        let part = "def resolve(p):\n"
        let plugin = try BrokenPlugin(
            distribution: [
                (part, "\(part)    open(directory + \"/context\", \"w\").write(json.dumps(p[\"context\"]))\n")
            ],
            configuration: "[Build]\nCacheOnly=always\n"
        )
        let built = try plugin.build()
        #expect(built.status == .exited(1), "\(built)")
        let url = "file://\(plugin.tiny.directory("repository"))/index.json"
        #expect(built.errors.contains("Plugin tiny-python, request distribution/resolve: "), "\(built)")
        #expect(built.errors.contains("download of \(url): CacheOnly=always forbids downloads"), "\(built)")
        let context = try Files.readText("\(plugin.directory)/context")
        #expect(context.contains(#""CacheOnly": "always""#), "\(context)")
    }

    @Test("The manifest's mirror and the keys that exist are in the context")
    func mirrorAndKeys() throws {
        let part = "def resolve(p):\n"
        let plugin = try BrokenPlugin(
            distribution: [
                (part, "\(part)    open(directory + \"/context\", \"w\").write(json.dumps(p[\"context\"]))\n")
            ]
        )
        let members =
            "\"keyrings\": [\"/usr/share/none\", \"/usr/share\"], \"mirrors\": {\"*\": \"https://tiny.example\"}, "
        try plugin.change("\"architectures\"", to: "\(members)\"architectures\"", in: "plugin.json")
        #expect(try plugin.build().succeeded)
        let context = try Files.readText("\(plugin.directory)/context")
        #expect(context.contains(#""defaultMirror": "https://tiny.example""#), "\(context)")
        #expect(context.contains(#""keyrings": ["/usr/share"]"#), "\(context)")
    }

    @Test("anyRelease: false refuses a release that is not listed, before anything is asked")
    func anyRelease() throws {
        let plugin = try BrokenPlugin(distribution: [])
        try plugin.change("\"architectures\"", to: "\"anyRelease\": false, \"architectures\"", in: "plugin.json")
        let refused = try plugin.build(["--release", "8"])
        #expect(refused.status == .exited(1), "\(refused)")
        #expect(refused.errors.contains("tiny-python has no release 8"), "\(refused)")
        #expect(refused.errors.contains("Available: 1"), "\(refused)")
        #expect(!refused.events.isEmpty && refused.tasks("configure-manager").isEmpty, "\(refused)")
        let built = try plugin.build(["--release", "1"])
        #expect(built.succeeded, "\(built)")
    }

    @Test("Editing the plugin's program asks it again with Incremental=yes")
    func editing() throws {
        let part = "def resolve(p):\n"
        let plugin = try BrokenPlugin(
            distribution: [(part, "\(part)    open(p['context']['cache'] + \"/asked\", \"a\").write(\"x\")\n")]
        )
        func asked() throws -> Int {
            let cache = plugin.tiny.directory("home/.cache/mkosi/metadata")
            return try Files.list(cache).reduce(0) { $0 + (Files.size(of: "\(cache)/\($1)/asked") ?? 0) }
        }
        #expect(try plugin.build(["-i"]).succeeded)
        #expect(try asked() == 1)
        #expect(try plugin.build(["-i", "-f"]).succeeded)
        #expect(try asked() == 1)
        try plugin.change(part, to: "# edited\n\(part)", in: "tiny.py")
        #expect(try plugin.build(["-i", "-f"]).succeeded)
        #expect(try asked() == 2)
    }

    @Test(
        "Faults of a manifest and of the file that it names end the build before it begins",
        arguments: [
            ("\"tiny.py\"", "\"gone.py\"", "gone.py does not exist"),
            ("\"executable\": [\"tiny.py\"]", "\"library\": \"tiny.py\"", "tiny.py is not an ELF file"),
            (
                "\"protocol\": { \"min\": 1, \"max\": 1 }", "\"protocol\": { \"min\": 3, \"max\": 4 }",
                "supports protocol versions 3 to 4, this mkosi supports version 1"
            ),
            (
                "\"start\"",
                "\"settings\": [{\"name\": \"TinyMode\", \"section\": \"Nothing\", \"type\": \"string\", \"help\": \"h\"}], \"start\"",
                "\"settings[0].section\" is \"Nothing\", which is not one of "
            ),
            (
                "\"start\"",
                "\"settings\": [{\"name\": \"Packages\", \"section\": \"Content\", \"type\": \"string\", \"help\": \"h\"}], \"start\"",
                "\"settings[0].name\" is \"Packages\", a setting of mkosi itself"
            ),
            (
                "\"start\"",
                "\"settings\": [{\"name\": \"Force\", \"section\": \"Content\", \"type\": \"string\", \"help\": \"h\"}], \"start\"",
                "whose option --force is one of mkosi itself"
            ),
        ]
    )
    func manifest(part: String, other: String, sentence: String) throws {
        let plugin = try BrokenPlugin(distribution: [])
        try plugin.change(part, to: other, in: "plugin.json")
        let built = try plugin.build()
        #expect(built.status == .exited(1) && built.errors.contains(sentence), "\(built)")
        #expect(built.tasks("configure-manager").isEmpty, "\(built)")
        let checked = try plugin.check()
        #expect(checked.status == .exited(1) && checked.output.contains(sentence), "\(checked)")
        #expect(checked.output.contains("failed  "))
        let listed = try plugin.list()
        #expect(listed.succeeded && listed.output.contains("broken: ") && listed.output.contains(sentence), "\(listed)")
    }

    @Test("Members of a manifest that are not known are ignored")
    func unknownMember() throws {
        let plugin = try BrokenPlugin(distribution: [])
        try plugin.change("\"start\"", to: "\"xFuture\": {\"a\": [1]}, \"start\"", in: "plugin.json")
        #expect(try plugin.build().succeeded)
        let checked = try plugin.check()
        #expect(
            checked.succeeded && checked.output.contains("its member \"xFuture\" is unknown and ignored"),
            "\(checked)"
        )
    }
}
