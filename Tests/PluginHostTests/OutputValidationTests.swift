import ByteKeys
import JSON
import PluginWire
import Support
import System
import TestSupport
import Testing

@testable import PluginHost

/// Digests that plugins tell of their outputs, which get into files that others rely on.
@Suite
struct OutputValidationTests {
    private static let digest = String(repeating: "0123456789abcdef", count: 4)

    private static func output(_ text: String) throws -> ABI.V1.Output {
        try Message.typed(JSON.parse(text.utf8), as: ABI.V1.Output.self, name: "result")
    }

    @Test
    func aDigestIsOptional() throws {
        let old = try Self.output(#"{"name":"image.crate","role":"image"}"#)
        #expect(old.sha256 == nil && AnswerFlaw.ofDigest(old.sha256, name: old.name) == nil)
        let new = try Self.output(#"{"name":"image.crate","role":"image","sha256":"\#(Self.digest)"}"#)
        #expect(new.sha256 == Self.digest && AnswerFlaw.ofDigest(new.sha256, name: new.name) == nil)
        #expect(throws: ErrorObject.self) { try Self.output(#"{"name":"image.crate","role":"image","sha256":5}"#) }
    }

    @Test
    func onlyAHostThatNeedsDigestsAsksForThem() throws {
        var request = ABI.V1.Assemble(
            format: "crate",
            root: nil,
            staging: "/s",
            outputName: "image.crate",
            baseName: "image",
            workspace: "/w"
        )
        #expect(try JSONText.untyped(request).object?.keys.contains("digests") == false)
        request.digests = true
        #expect(try JSONText.untyped(request)["digests"] == true)
    }

    @Test("Files of the program's own plugins are not read again, and still have to be what is listed")
    func digestsThatAreTrusted() throws {
        let directory = try TemporaryDirectory()
        try directory.write("content", to: "image.tar")
        var output = ABI.V1.Output(name: "image.tar", role: "image")
        output.sha256 = Self.digest
        #expect(throws: AnswerFlaw.self) { try StagedOutputs.check([output], in: directory.path) }
        try StagedOutputs.check([output], in: directory.path, readsFiles: false)
        try directory.write("stray", to: "stray")
        #expect(throws: AnswerFlaw.self) { try StagedOutputs.check([output], in: directory.path, readsFiles: false) }
        try runChecked(["rm", directory("stray"), directory("image.tar")])
        try directory.makeDirectory("image.tar")
        #expect(throws: AnswerFlaw.self) { try StagedOutputs.check([output], in: directory.path, readsFiles: false) }
    }

    @Test("Only plugins in the installation's own directory are its own")
    func ownPlugins() throws {
        let manifest = try ManifestReader.read(in: Paths.join(Stage.plugins, "archive"))
        let installation = try Stage.installation
        let own = try Paths.join(Stage.plugins, "archive")
        #expect(InstalledPlugin(directory: own, manifest: manifest).isPart(of: installation))
        let directory = try TemporaryDirectory()
        try runChecked(["cp", "-r", own, directory("archive")])
        #expect(!InstalledPlugin(directory: directory("archive"), manifest: manifest).isPart(of: installation))
    }

    private static let flawed: [String] = [
        "", "0", digest.uppercased(), String(digest.dropLast()), "\(digest)0", "\(digest.dropLast())g",
        "\(digest.dropLast())\n", "\(digest)\n", " \(digest.dropLast())", "sha256:\(digest.dropFirst(7))",
        "\(digest) *image.crate\n\(digest) *other", "\(digest.dropLast(2))é", "\(digest.dropLast())１",
        String(repeating: "a\u{1B}[2J", count: 100_000),
    ]

    @Test(arguments: flawed)
    func anythingElseIsRefusedInOneSentence(text: String) throws {
        let flaw = try #require(AnswerFlaw.ofDigest(text, name: "image.crate"))
        #expect(flaw.hasPrefix("gives \""))
        #expect(flaw.hasSuffix("\" as the SHA-256 of image.crate, not 64 lower-case hexadecimal digits"))
        #expect(flaw.count < 200 && !flaw.unicodeScalars.contains { $0.properties.generalCategory == .control })
    }
}
