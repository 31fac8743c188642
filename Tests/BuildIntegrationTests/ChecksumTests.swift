import Execution
import Support
import System
import TestSupport
import Testing

/// Where the digests come from that `Checksum=` writes down.
@Suite(.serialized)
struct ChecksumTests {
    /// Of the line "whole".
    private static let digest = "3661291e28107bb940142d346bdb3a86da68415ae7fe451374d403c6037b9fa5"

    /// A project whose format reports the digest in the file `digest`, whatever its output is.
    private func project() throws -> TinyProject {
        let tiny = try TinyProject(format: "crate")
        try tiny.directory.makeDirectory("plugins/crate")
        try tiny.directory.write(
            """
            {"manifest": 1, "name": "crate", "version": "1", "summary": "Crates", "protocol": {"min": 1, "max": 1},
            "interface": {"min": 1, "max": 1}, "start": {"executable": ["crate.sh"]},
            "provides": {"formats": [{"name": "crate", "fileExtension": ".crate", "needsTree": false}]}}
            """,
            to: "plugins/crate/plugin.json"
        )
        try tiny.directory.write(
            """
            #!/bin/sh
            name=crate
            version=1
            . \(Stage.packageRoot)/Examples/plugins/shell/protocol.sh
            answer_assemble() {
                staging=$(value params.staging)
                echo "asked: $(token params.digests)" > "$directory/log"
                echo whole > "$staging/image.crate"
                echo part > "$staging/image.part"
                mkdir "$staging/image.directory"
                sha256=$(cat "$directory/digest")
                result="{\\"outputs\\":[{\\"name\\":\\"image.part\\",\\"role\\":\\"part\\"}"
                result="$result,{\\"name\\":\\"image.crate\\",\\"role\\":\\"image\\",\\"sha256\\":\\"$sha256\\"}"
                result="$result,{\\"name\\":\\"image.directory\\",\\"role\\":\\"directory\\"}]}"
            }
            serve

            """,
            to: "plugins/crate/crate.sh",
            mode: 0o755
        )
        return tiny
    }

    private func build(_ tiny: TinyProject, _ arguments: [String] = []) throws -> RunResult {
        try run(
            [Stage.mkosi, "-f"] + arguments,
            environment: tiny.environment(pluginPath: "\(tiny.directory("plugins")):\(TinyProject.pluginPath)"),
            in: tiny.project
        )
    }

    @Test("The digest that a format reports of a file is what is written, and files without one are read")
    func told() throws {
        let tiny = try project()
        try tiny.directory.write(Self.digest, to: "plugins/crate/digest")
        let result = try build(tiny, ["--checksum=yes"])
        #expect(result.succeeded, "\(result)")
        let part = try runChecked(["sha256sum", "--binary", "image.part"], in: tiny.project).output
        // Directories are left out.
        #expect(try tiny.projectFile("image.SHA256SUMS") == "\(part)\(Self.digest) *image.crate\n")
        #expect(try Files.readText(tiny.directory("plugins/crate/log")) == "asked: true\n")
        // What is not needed is not computed.
        #expect(try build(tiny).succeeded)
        #expect(try Files.readText(tiny.directory("plugins/crate/log")) == "asked: \n")
    }

    @Test("What is no digest is refused, and nothing is made", arguments: ["", digest.uppercased(), "\(digest)\\n"])
    func refused(text: String) throws {
        let tiny = try project()
        try tiny.directory.write(text, to: "plugins/crate/digest")
        let result = try build(tiny, ["--checksum=yes"])
        #expect(result.status == .exited(1))
        let sentences = result.errors.split(separator: "\n").filter { $0.contains("lower-case hexadecimal digits") }
        #expect(sentences.count == 1 && sentences[0].contains("it gives \""), "\(result)")
        #expect(tiny.outputs.isEmpty && tiny.workspaces.isEmpty)
    }

    @Test("Archives are digested while they are written, compressed or not", arguments: ["none", "zstd"])
    func archives(compression: String) throws {
        let tiny = try TinyProject(configuration: "[Output]\nManifestFormat=json\n[Validation]\nChecksum=yes")
        try tiny.script("mkosi.postoutput", "echo changed > $OUTPUTDIR/later")
        // The format's own plugin, with an ear at what it answers.
        let plugin = "\(try Stage.plugins)/archive"
        try tiny.directory.makeDirectory("plugins/archive")
        let manifest = try Files.readText("\(plugin)/plugin.json")
        let program = "program"
        #expect(manifest.contains("[\"\(program)\"]"))
        try tiny.directory.write(
            manifest.replacing("[\"\(program)\"]", with: "[\"listen.sh\"]"),
            to: "plugins/archive/plugin.json"
        )
        try tiny.directory.write(
            "#!/bin/sh\n\(plugin)/\(program) | tee ${0%/*}/log\n",
            to: "plugins/archive/listen.sh",
            mode: 0o755
        )
        let result = try build(tiny, ["--compress-output=\(compression)"])
        #expect(result.succeeded, "\(result)")
        try runChecked(["sha256sum", "--check", "image.SHA256SUMS"], in: tiny.project)
        let name = compression == "none" ? "image.tar" : "image.tar.zst"
        let lines = try tiny.projectFile("image.SHA256SUMS").split(separator: "\n")
        #expect(lines.map { $0.split(separator: "*").last } == [Substring(name), "image.manifest"])
        let digest = try #require(lines.first).prefix(64)
        #expect(try Files.readText(tiny.directory("plugins/archive/log")).contains("\"sha256\":\"\(digest)\""))
    }
}
