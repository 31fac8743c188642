import Glibc
import JSON
import PluginWire
import Support
import TestSupport
import Testing

@testable import PluginHost

/// Answers that have the right shape and that no build can use.
@Suite
struct AnswerTests {
    private static let context = ABI.V1.Context(
        distribution: "acme",
        release: "7",
        architecture: "x86-64",
        localArchitecture: "amd64",
        cache: "/c",
        workspace: "/w"
    )
    private static let digest = String(repeating: "0", count: 64)
    private static let package =
        #"{"name":"a","version":"1","architecture":"all","urls":["https://x/a"],"size":1,"sha256":"DIGEST","fileName":"a.acm"}"#
        .replacing("DIGEST", with: digest)

    private static func flaw<Request: PluginRequest>(_ request: Request, _ answer: String) throws -> String? {
        let json = try JSON.parse(answer.utf8)
        let typed = try Message.typed(json, as: Request.Answer.self, name: "result")
        do throws(AnswerFlaw) {
            try request.check(typed)
            return nil
        } catch {
            return error.reason
        }
    }

    @Test(
        arguments: [
            ("", "", nil), ("\"size\":1", "\"size\":-1", "with a size of -1"),
            (":1,\"sha", ":99999999999999,\"sha", "with a size of"),
            ("\"size\":1", "\"size\":1,\"installedSize\":-1", "with an installed size of -1"),
            ("https://x/a", "ftp://x/a", "which is not an http:, https: or file: URL"),
            ("[\"https://x/a\"]", "[]", "without a URL"),
            ("https://x/a", "https://x/a\\nb", "which is not an http:"), ("a.acm", "", "which is empty"),
            ("a.acm", "x/a", "contains a slash"), ("a.acm", "..", "names a directory"),
            ("a.acm", "a/\\u0338b", "contains a slash"),
            ("\"version\":\"1\"", "\"version\":\"1 2\"", "in its name, version or architecture"),
            ("\"name\":\"a\"", "\"name\":\"\"", "in its name, version or architecture"),
            ("000\"", "00A\"", "without a SHA-256"),
            ("000\"", "00\"", "without a SHA-256"),
        ] as [(String, String, String?)]
    )
    func resolve(part: String, other: String, sentence: String?) throws {
        let request = ABI.V1.Resolve(context: Self.context, packages: [], packageSets: [])
        let package = part.isEmpty ? Self.package : Self.package.replacing(part, with: other)
        let flaw = try Self.flaw(request, #"{"packages":[\#(package)],"indexes":[]}"#)
        #expect(sentence.map { flaw?.contains($0) == true } ?? (flaw == nil), "\(flaw ?? "no flaw")")
        if let flaw { #expect(!flaw.contains("\n") && flaw.count < 300) }
    }

    @Test("A new tree gets what was requested, and only what has all of it gets nothing")
    func nothing() throws {
        var request = ABI.V1.Resolve(context: Self.context, packages: ["hello"], packageSets: ["base"])
        let nothing = #"{"packages":[],"indexes":[]}"#
        #expect(try Self.flaw(request, nothing) == "resolved no package, although \"hello\" was requested")
        request.root = "/var/tmp/root"
        #expect(try Self.flaw(request, nothing) == nil)
        request.root = ""
        #expect(try Self.flaw(request, nothing) != nil)
        request.present = [try Message.typed(JSON.parse(Self.package.utf8), as: ABI.V1.Package.self, name: "package")]
        #expect(try Self.flaw(request, nothing) == nil)
    }

    @Test
    func packagesAreOneEach() throws {
        let request = ABI.V1.Resolve(context: Self.context, packages: [], packageSets: [])
        let two = [Self.package, Self.package.replacing("\"1\"", with: "\"2\"")]
        let beside = two.map { $0.replacing("{\"name\"", with: "{\"alongside\":true,\"name\"") }
        #expect(try Self.flaw(request, #"{"packages":[\#(beside.joined(separator: ","))],"indexes":[]}"#) == nil)
        #expect(
            try Self.flaw(request, #"{"packages":[\#(beside[0]),\#(beside[0])],"indexes":[]}"#)
                == "resolved a (all) twice"
        )
        let other = Self.package.replacing("\"all\"", with: "\"amd64\"")
        #expect(
            try Self.flaw(request, #"{"packages":[\#(two.joined(separator: ","))],"indexes":[]}"#)
                == "resolved a (all) twice"
        )
        #expect(try Self.flaw(request, #"{"packages":[\#(two[0]),\#(other)],"indexes":[]}"#) == nil)
    }

    @Test(
        arguments: [
            ("{\"path\":\"/etc/a/b\"}", nil), ("{\"path\":\"/var/lib/a/b\",\"mode\":384}", nil),
            ("{\"path\":\"/etc/passwd\"}", "not below a directory in"),
            ("{\"path\":\"etc/a/b\"}", "not below a directory in"),
            ("{\"path\":\"/usr/bin/sh\"}", "not below a directory in"),
            ("{\"path\":\"/etc/a/../../usr/x\"}", "not below"),
            ("{\"path\":\"/etc//a/b\"}", "not below"), ("{\"path\":\"/etc/a/b/\"}", "not below"),
            ("{\"path\":\"/etc/a/b\",\"mode\":4096}", "with the mode 4096"),
            ("{\"path\":\"/etc/a/b\",\"source\":\"x\"}", "which is not an absolute path"),
        ] as [(String, String?)]
    )
    func configure(file: String, sentence: String?) throws {
        let request = ABI.V1.Configure(context: Self.context)
        let flaw = try Self.flaw(request, #"{"files":[\#(file)],"repositories":[]}"#)
        #expect(sentence.map { flaw?.contains($0) == true } ?? (flaw == nil), "\(flaw ?? "no flaw")")
    }

    @Test(
        arguments: [
            ("[]", nil), ("[\"/var/lib/a\",\"var/x\"]", nil), ("[\"/\"]", "only the package manager"),
            ("[\"\"]", "only the"),
            ("[\"/var/..\"]", "only the"), ("[\".\"]", "only the"), ("[\"var//x\"]", "only the"),
        ] as [(String, String?)]
    )
    func inspect(metadata: String, sentence: String?) throws {
        let request = ABI.V1.Inspect(context: Self.context, root: "/r")
        let flaw = try Self.flaw(request, #"{"packages":[],"metadata":\#(metadata)}"#)
        #expect(sentence.map { flaw?.contains($0) == true } ?? (flaw == nil), "\(flaw ?? "no flaw")")
    }

    @Test(
        arguments: [
            (#"[{"name":"o","role":"image"}]"#, nil),
            (#"[{"name":"o","role":"image"},{"name":"p","role":"roothash"}]"#, nil),
            ("[]", "lists no output"), (#"[{"name":"p","role":"image"}]"#, "and not \"o\""),
            (#"[{"name":"o","role":"side"}]"#, "no output with the role image"),
            (#"[{"name":"o","role":""}]"#, "without a role"),
            (#"[{"name":"o","role":"image"},{"name":"o","role":"x"}]"#, "twice"),
            (#"[{"name":"o","role":"image"},{"name":"../o","role":"x"}]"#, "contains a slash"),
            (#"[{"name":"o","role":"image"},{"name":"b.manifest","role":"x"}]"#, "that mkosi itself writes"),
        ] as [(String, String?)]
    )
    func assemble(outputs: String, sentence: String?) throws {
        var request = ABI.V1.Assemble(
            format: "f",
            root: "/r",
            staging: "/s",
            outputName: "o",
            baseName: "b",
            workspace: "/w"
        )
        let flaw = try Self.flaw(request, #"{"outputs":\#(outputs)}"#)
        #expect(sentence.map { flaw?.contains($0) == true } ?? (flaw == nil), "\(flaw ?? "no flaw")")
        request.root = nil
        #expect(try Self.flaw(request, #"{"outputs":[]}"#) == nil)
    }

    @Test(
        arguments: [
            (#"{"arguments":["true"]}"#, nil), (#"{"arguments":[]}"#, "params.arguments is empty"),
            (#"{"arguments":["true"],"network":"all"}"#, "not none or host"),
            (#"{"arguments":["true"],"network":"host"}"#, "the network for true: it is off"),
            (#"{"arguments":["true"],"root":"r"}"#, "params.root is not an absolute path"),
            (#"{"arguments":["true"],"apiMounts":"/a/../b"}"#, "params.apiMounts is not an absolute path"),
            (#"{"arguments":["true"],"environment":{"A=B":"c"}}"#, "not a valid name of a variable"),
            (#"{"arguments":["true","a\u0000b"]}"#, "null byte"),
            (
                #"{"arguments":["true"],"mounts":[{"kind":"bind","target":"t"}]}"#,
                "mounts[0].target is not an absolute path"
            ),
            (
                #"{"arguments":["true"],"mounts":[{"kind":"bind","source":"s","target":"/t"}]}"#,
                "mounts[0].source is not"
            ),
            (#"{"arguments":["true"],"mounts":[{"kind":"overlay","target":"/t"}]}"#, "mounts[0].lower is missing"),
            (#"{"arguments":["true"],"mounts":[{"kind":"symlink","target":"/t"}]}"#, "mounts[0].source is missing"),
        ] as [(String, String?)]
    )
    func run(request: String, sentence: String?) throws {
        let run = try Message.typed(JSON.parse(request.utf8), as: ABI.V1.Run.self, name: "params")
        let policy = ServicePolicy(networkRefusal: "it is off", writable: [])
        do throws(ErrorObject) {
            try policy.check(run)
            #expect(sentence == nil)
        } catch {
            #expect(sentence.map(error.message.contains) == true, "\(error.message)")
        }
    }

    @Test
    func downloadsStayBelow() throws {
        let scratch = try TemporaryDirectory()
        let inside = try scratch.makeDirectory("inside")
        try scratch.makeDirectory("outside")
        #expect(symlink("../outside", "\(inside)/link") == 0)
        let policy = ServicePolicy(networkRefusal: nil, writable: [inside])
        for (path, fits) in [
            ("\(inside)/a", true), ("\(inside)/new/a", true), ("\(inside)/link/a", false),
            ("\(inside)/link/new/a", false),
            ("\(inside)/../outside/a", false), ("\(scratch.path)/outside/a", false), ("\(inside)2/a", false),
            (inside, false),
        ] {
            var isRefused = false
            do throws(ErrorObject) {
                try policy.check(ABI.V1.Fetch(urls: ["https://x/a"], path: path))
            } catch {
                isRefused = true
            }
            #expect(isRefused != fits, "\(path)")
        }
        var several = ABI.V1.Fetch(urls: ["https://x/a"], path: "\(inside)/a")
        several.further = [several]
        try policy.check(several)
        several.further?[0].further = []
        #expect(throws: ErrorObject.self) { try policy.check(several) }
    }
}
