import PluginHost
import PluginWire
import Support
import System
import TestSupport
import Testing

/// The conformance suite: examples pass it, and broken plugins do not.
@Suite
struct ConformanceIntegrationTests {
    @Test(arguments: ["python", "python-boot", "c", "shell", "swift/executable", "swift/library"])
    func examplesPass(directory: String) throws {
        let example = try Examples.Plugin(directory)
        let findings = Conformance(directory: example.directory, launcher: Examples.launcher).run()
        #expect(findings.count > 17)
        for finding in findings { #expect(finding.outcome == .passed, "\(finding.name): \(finding.failure ?? "")") }
    }

    /// Plugins that never answer, however busy they seem: the check ends, with one failure.
    @Test(arguments: [
        ("time.sleep(1000)", [], "no answer to format/assemble arrived within 2 seconds"),
        (
            "while True: print('{\"jsonrpc\":\"2.0\",\"method\":\"host/progress\"}', flush=True); time.sleep(0.1)", [],
            "no answer to format/assemble arrived within 4 seconds"
        ),
        (
            "while True: print('{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"host/cancelled\"}', flush=True)", [],
            "the plugin requested more than 10000 services during one request"
        ),
        (
            "print('{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"host/run\",\"params\":{\"arguments\":[\"sleep\",\"1000\"]}}', "
                + "flush=True)\nraise Error(3, json.loads(sys.stdin.readline())[\"error\"][\"message\"])",
            [], "sleep did not end within 2 seconds"
        ),
        ("pass", [("def initialize(p):", "def initialize(p):\n    time.sleep(1000)")], "no answer to initialize"),
        ("pass", [("def describe(p):", "def describe(p):\n    time.sleep(1000)")], "no answer to describe arrived"),
    ])
    func hangingEnds(code: String, changes: [(String, String)], sentence: String) throws {
        let startHangs = changes.contains { $0.0.contains("initialize") }
        let findings = try CratePlugin(code, changes: changes.map { (part: $0.0, other: $0.1) }).check(
            limit: .seconds(2),
            start: startHangs ? .seconds(1) : nil
        )
        try expectOne(findings, sentence)
    }

    /// The format for tests passes, and what a plugin leaves in the workspace does not lead the check elsewhere.
    @Test
    func linksAreNotFollowed() throws {
        let target = try TemporaryDirectory()
        try target.write("kept\n", to: "kept")
        let plugin = try CratePlugin(
            """
            for name in ["staging-again", "configuration", "packages"]:
                link = os.path.dirname(p["workspace"]) + "/" + name
                if not os.path.lexists(link): os.symlink("\(target.path)", link)
            """
        )
        for finding in plugin.check() { #expect(finding.outcome == .passed, "\(finding)") }
        #expect(try Files.list(target.path) == ["kept"])
    }

    @Test
    func faultsOfTheLifecycleAreOneFailureEach() throws {
        let faults: [([(part: String, other: String)], String)] = [
            ([("raise Error(1,", "raise Error(5,")], "were answered with error 5, not 1"),
            (
                [("\"version\": \"1\"}", "\"version\": \"2\"}")],
                "the plugin identifies itself as crate 2, but plugin.json names it crate 1"
            ),
            ([("\"fileExtension\": \".crate\"", "\"fileExtension\": \".box\"")], "the answer differs from"),
            ([("raise Error(-32601,", "raise Error(-32603,")], "was answered with error -32603"),
            (
                [("\"format/assemble\": assemble", "\"format/make\": assemble")],
                "format/assemble, which every build needs, was answered"
            ),
            ([("answer[\"id\"] = request[\"id\"]", "answer[\"id\"] = 7")], "with another id"),
        ]
        for (changes, sentence) in faults { try expectOne(CratePlugin(changes: changes).check(), sentence) }
    }

    private func expectOne(_ findings: [Conformance.Finding], _ sentence: String) throws {
        let first = try #require(findings.firstIndex { $0.failure != nil }, "\(findings)")
        #expect(findings[first].failure?.contains(sentence) == true, "\(findings[first])")
        #expect(findings[..<first].allSatisfy { $0.outcome == .passed })
        #expect(findings[(first + 1)...].allSatisfy { $0.outcome == .notRun })
        #expect(findings.last?.name == "assemble does so again")
    }
}
