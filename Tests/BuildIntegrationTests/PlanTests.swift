import ByteKeys
import JSON
import PluginWire
import Support
import System
import TestSupport
import Testing

@Suite
struct PlanTests {
    private static func lines(_ result: RunResult) -> [String] {
        result.output.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
    }

    @Test("A plan says what is fetched, run and reused, and changes nothing")
    func plan() throws {
        let tiny = try TinyProject(configuration: "Incremental=yes")
        let first = try tiny.mkosi(["plan"])
        #expect(first.succeeded, "\(first)")
        #expect(Self.lines(first).first == "main")
        #expect(first.output.contains("fetch   2 files"))
        #expect(Self.lines(first).contains("run packages: Installing packages"))
        #expect(first.output.contains("no earlier build is in the cache"))
        #expect(try tiny.mkosi(["plan"]).output == first.output)
        #expect(tiny.outputs.isEmpty && tiny.workspaces.isEmpty)
        #expect(try tiny.mkosi().succeeded)
        let second = try tiny.mkosi(["plan"])
        #expect(Self.lines(second).contains("reuse packages: Installing packages"), "\(second)")
        #expect(!second.output.contains("fetch"))
    }

    @Test("Of a step that would run again the inputs are listed that changed")
    func changes() throws {
        let tiny = try TinyProject(configuration: "Incremental=yes")
        #expect(try tiny.mkosi().succeeded)
        let text = try tiny.mkosi(["plan", "--package=extra", "--environment=A=b"])
        #expect(Self.lines(text).contains("run packages: Installing packages"))
        #expect(Self.lines(text).contains("+ environment A: b"), "\(text)")
        #expect(Self.lines(text).contains { $0.hasPrefix("+ package extra x86_64: 1.0 ") }, "\(text)")
        #expect(text.output.contains("fetch   1 files"))
        let result = try tiny.mkosi(["plan", "--json", "--source-date-epoch=1600000001"])
        let json = try JSON.parse(result.output.utf8)
        guard case .object(let whole) = json, case .array(let images) = whole["Images"],
            case .object(let image) = images.first, case .array(let steps) = image["Steps"],
            case .object(let step) = steps.first, case .array(let changes) = step["Changes"]
        else {
            Issue.record("\(result)")
            return
        }
        #expect(step["State"] == .string("run") && step["Step"] == .string("packages"))
        let change = JSON.object([
            "Input": .string("SourceDateEpoch="), "Old": .string("1600000000"), "New": .string("1600000001"),
        ])
        #expect(changes == [change], "\(changes)")
    }

    @Test("With a lock file a plan needs no repository")
    func locked() throws {
        let tiny = try TinyProject(configuration: "Incremental=yes")
        #expect(try tiny.mkosi(["lock"]).succeeded)
        try runChecked(["rm", "-r", tiny.directory("repository")])
        let result = try tiny.mkosi(["plan"])
        #expect(result.succeeded && result.output.contains("fetch   2 files"), "\(result)")
    }

    @Test("A password is neither shown nor kept")
    func secret() throws {
        let tiny = try TinyProject(configuration: "Incremental=yes")
        try tiny.script("mkosi.finalize", "true")
        #expect(try tiny.mkosi(["--root-password=an-old-secret"]).succeeded)
        let result = try tiny.mkosi(["plan", "--root-password=a-new-secret"])
        #expect(result.output.contains("RootPassword=: sha256:") && !result.output.contains("secret"), "\(result)")
        let found = try run(["grep", "-rl", "an-old-secret", tiny.directory("home")])
        #expect(found.output == "", "\(found)")
    }

    @Test("Outputs that were touched are named, and sync scripts of a project without an image")
    func besides() throws {
        let tiny = try TinyProject(configuration: "Incremental=yes")
        #expect(try tiny.mkosi().succeeded)
        try tiny.directory.write("other\n", to: "project/image.tar")
        let touched = try tiny.mkosi(["plan"])
        #expect(Self.lines(touched).last == "+ outputs: missing, or modified since the last build", "\(touched)")
        try tiny.script("mkosi.sync", "true")
        let sync = try tiny.mkosi(["plan", "--format=none"])
        #expect(Self.lines(sync).contains("run sync: Running sync scripts"), "\(sync)")
    }
}
