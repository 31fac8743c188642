import Configuration
import Display
import Foundation
import JSON
import PluginHost
import PluginWire
import Support
import Synchronization
import System
import TestSupport
import Testing

@testable import HostCommandLine

/// Keeps what is written.
private final class Capture: CommandOutput, DisplayOutput {
    let isColoured: Bool
    private let storage = Mutex("")

    init(isColoured: Bool = false) { self.isColoured = isColoured }

    var text: String { storage.withLock { $0 } }
    var width: Int { 80 }
    func write(_ text: String) { storage.withLock { $0 += text } }
}

@Suite("The program")
struct ProgramTests {
    /// A directory with one plugin in `plugins` and a project in `project`, removed with the value.
    private final class Place {
        private let temporary: TemporaryDirectory
        var path: String { temporary.path }

        init() throws {
            temporary = try TemporaryDirectory()
            try write("plugins/acme/plugin.json", Self.manifest)
            try write("plugins/acme/run", "#!/bin/sh\n")
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(path)/plugins/acme/run")
            try write("project/mkosi.conf", "[Content]\nHostname=box\n")
        }

        func write(_ name: String, _ text: String) throws { try temporary.write(text, to: name) }

        func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: "\(path)/\(name)") }

        private static let manifest = """
            {
              "manifest": 1, "name": "acme", "version": "1", "summary": "Made up",
              "protocol": {"min": 1, "max": 1}, "interface": {"min": 1, "max": 1},
              "start": {"executable": ["run"]},
              "provides": {
                "distributions": [{"name": "acme", "architectures": {"x86-64": "amd64"}, "osRelease": ["acme"]}],
                "formats": [
                  {"name": "box", "fileExtension": ".box", "preference": 1}, {"name": "plain", "compression": "none"}
                ]
              },
              "settings": [{"name": "AcmeMode", "section": "Content", "type": "string", "help": "How acme works"}]
            }
            """
    }

    @Test("a plugin without code is listed and summarised, and a build with it ends before it begins")
    func pluginWithoutCode() throws {
        let place = try Place()
        try place.write(
            "plugins/bare/plugin.json",
            """
            {
              "manifest": 1, "name": "bare", "version": "1", "summary": "Made up",
              "protocol": {"min": 1, "max": 1}, "interface": {"min": 1, "max": 1},
              "provides": {
                "distributions": [{"name": "anvil", "architectures": {"x86-64": "amd64"}}],
                "formats": [{"name": "drum"}]
              }
            }
            """
        )
        let summary = run(place, "--distribution=anvil", "--format=drum", "summary")
        #expect(summary.status == 0 && summary.output.contains("anvil"))
        let distribution = run(place, "--distribution=anvil", "--format=plain", "build")
        #expect(distribution.status == 1)
        #expect(
            distribution.errors.contains(
                "Cannot build the distribution anvil: its plugin bare has no code yet\n  hint: "
            )
        )
        let format = run(place, "--format=drum", "build")
        #expect(format.status == 1)
        #expect(format.errors.contains("Cannot build the format drum: its plugin bare has no code yet\n  hint: "))
        #expect(!place.exists("project/image"))
    }

    @Test("nothing that a plugin, a file name or a configuration contains reaches the terminal as a control character")
    func controlCharacters() throws {
        let place = try Place()
        let evil = "a\u{1b}]0;title\u{7}\u{9b}31m\rb"
        // The summary of one is refused, the directory of the other one is shown.
        for (name, summary) in [("bare", "\\u0000\\u001b[2J"), ("\(evil)", "fine")] {
            try place.write(
                "project/mkosi.plugins/\(name)/plugin.json",
                """
                {
                  "manifest": 1, "name": "\(name == "bare" ? "bare" : "other")", "version": "1", "summary": "\(summary)",
                  "protocol": {"min": 1, "max": 1}, "interface": {"min": 1, "max": 1},
                  "provides": {"formats": [{"name": "\(name == "bare" ? "bare" : "drum")"}]}
                }
                """
            )
        }
        try place.write("project/\(evil)/mkosi.conf", "[Content]\nHostname=box\n")
        try place.write("project/mkosi.images/x.conf", "[Content]\nHostname=box\n")
        for arguments in [
            ["plugin", "list"], ["plugin", "info", "other"], ["plugin", "check", "other"], ["summary"],
            ["summary", "--json"], ["help"], ["cat-config"], ["-C", evil, "cat-config"], ["-C", evil, "summary"],
            ["-C", evil, "explain", "Hostname"], ["-C", evil, "explain", "Hostname", "--json"], ["dependencies"],
            ["completion", "bash"], ["schema"], [evil], ["help", evil], ["explain", evil],
            ["explain", "Hostname", evil],
            ["--\(evil)"], ["-C", "\(evil)x", "summary"], ["lock", "--diff", evil],
        ] {
            let result = run(place, arguments)
            for text in [result.output, result.errors] {
                let controls = text.unicodeScalars.filter { scalar in
                    scalar != "\n" && scalar != "\t" && (scalar.value < 0x20 || (0x7f..<0xa0).contains(scalar.value))
                }
                #expect(controls.isEmpty, "\(arguments): \(text.debugDescription.prefix(2000))")
            }
        }
        #expect(run(place, "plugin", "list").output.contains("a�]0;title��31m�b"))
        // Headings stay bold.
        #expect(run(place, "summary", isColoured: true).output.contains("\u{1b}[1mIMAGE: "))
    }

    private struct Run {
        var status: CInt
        var output: String
        var errors: String
    }

    private func run(_ place: Place, _ arguments: String..., isColoured: Bool = false) -> Run {
        run(place, arguments, isColoured: isColoured)
    }

    private func run(_ place: Place, _ arguments: [String], isColoured: Bool = false) -> Run {
        let output = Capture(isColoured: isColoured)
        let errors = Capture()
        let style = Display.Style(isTerminal: false, isColoured: false)
        let host = HostFacts(
            osRelease: OSRelease(id: "acme", version: "7"),
            architecture: "x86-64",
            environment: [:],
            currentDirectory: "\(place.path)/project",
            randomUUID: "11111111-2222-4333-8444-555555555555",
            readOutput: { _ in "" },
            systemdVersion: { nil }
        )
        let status = HostProgram.run(
            arguments,
            host: host,
            output: output,
            display: EventReporter([Display(style: style, output: errors)])
        ) { project in
            PluginSearchPath(directories: ["\(project)/mkosi.plugins", "\(place.path)/plugins"])
        }
        return Run(status: status, output: output.text, errors: errors.text)
    }

    @Test("the version")
    func version() throws {
        let place = try Place()
        // Scripts take the second word, or the first number, for the generation that they need.
        #expect(run(place, "--version").output == "mkosi 27 (mkosi in Swift \(Version.product))\n")
        #expect(run(place, "summary", "--version").output == run(place, "--version").output)
        #expect(run(place, "--version").status == 0)
    }

    @Test("help lists verbs, options, settings of plugins, distributions and formats")
    func help() throws {
        let place = try Place()
        let run = run(place, "--help")
        #expect(run.status == 0)
        #expect(run.output == self.run(place, "help").output)
        for text in [
            "\n  summary  ", "\n  -p, --package=PACKAGE  ", "\n  -i, --incremental[=WORD]  ",
            "\n  -C, --directory=DIR  ",
            "\n      --acme-mode=TEXT  ", "\nDistributions of the installed plugins:\n  acme\n",
            "\nFormats of the installed plugins:\n  box, plain\n",
        ] {
            #expect(run.output.contains(text), "\(text)")
        }
        #expect(!run.output.contains("\u{1b}"))
        #expect(self.run(place, "-h", isColoured: true).output.contains("\u{1b}[1m[Content]:\u{1b}[0m"))
    }

    @Test("a plugin that is removed takes its settings, distributions and formats along")
    func pluginRemoved() throws {
        let place = try Place()
        let before = run(place, "--help").output
        try FileManager.default.removeItem(atPath: "\(place.path)/plugins/acme")
        let after = run(place, "--help").output
        let gone = Set(before.split(separator: "\n")).subtracting(after.split(separator: "\n"))
        #expect(gone.count == 3)
        #expect(gone.contains { $0.contains("--acme-mode") })
        #expect(run(place, "--acme-mode=x", "summary").status == 2)
    }

    @Test("a summary for people and one for programs")
    func summary() throws {
        let place = try Place()
        let text = run(place, "-p", "b,a", "summary")
        #expect(text.status == 0)
        #expect(text.errors == "")
        #expect(text.output.hasPrefix("IMAGE: main\n"))
        #expect(text.output.contains(" Distribution: acme\n"))
        #expect(text.output.contains("Packages: a\n"))
        #expect(text.output.contains("Hostname: box\n"))
        let json = try JSON.parse(run(place, "summary", "--json", "-p", "b,a").output.utf8)
        let image = json["Images"]?.array?.first
        #expect(json["Tools"] == .null)
        #expect(image?["Packages"] == ["a", "b"])
        #expect(image?["Hostname"] == "box")
        #expect(image?["Format"] == "box")
    }

    @Test("a summary never shows a password")
    func secret() throws {
        let output = run(try Place(), "--root-password=sesame", "summary").output
        #expect(output.contains("RootPassword: (set)"))
        #expect(!output.contains("sesame"))
    }

    @Test("failures: one sentence, the line, a hint, status 1")
    func failure() throws {
        let place = try Place()
        try place.write("project/mkosi.conf", "[Output]\nFormat=bix\n")
        let run = run(place, "summary")
        #expect(run.status == 1)
        #expect(run.output == "")
        #expect(
            run.errors == """
                ‣ error: \(place.path)/project/mkosi.conf:2:8: Format= cannot be "bix": the installed plugins provide box, plain
                    2 | Format=bix
                      |        ^^^
                  hint: Did you mean "box"?

                """
        )
    }

    @Test("warnings do not change the status")
    func warning() throws {
        let place = try Place()
        try place.write("project/mkosi.conf", "[Output]\nFromat=box\n")
        let run = run(place, "summary")
        #expect(run.status == 0)
        #expect(run.errors.contains("‣ warning: \(place.path)/project/mkosi.conf:2:1: there is no setting Fromat="))
        #expect(run.errors.contains("hint: Did you mean Format?"))
    }

    @Test("another directory, and none")
    func directory() throws {
        let place = try Place()
        try place.write("other/mkosi.conf", "[Content]\nHostname=other\n")
        #expect(run(place, "-C", "../other", "summary").output.contains("Hostname: other\n"))
        #expect(run(place, "--directory=", "summary").output.contains("Hostname: none\n"))
        let missing = run(place, "-C", "nowhere", "summary")
        #expect(missing.status == 1)
        #expect(missing.errors == "‣ error: There is no directory nowhere\n")
    }

    @Test("clean removes the outputs of this configuration and nothing else")
    func clean() throws {
        let place = try Place()
        let kept = ["project/mkosi.output/imagery", "project/mkosi.output/other.box", "project/mkosi.conf"]
        let removed = [
            "project/mkosi.output/image.box", "project/mkosi.output/image.box.zst", "project/mkosi.output/image/etc/x",
            "project/mkosi.output/image.SHA256SUMS", "project/mkosi.output/image.manifest",
        ]
        for name in kept + removed where name != "project/mkosi.conf" { try place.write(name, "x") }
        try place.write("outside", "x")
        try FileManager.default.createSymbolicLink(
            atPath: "\(place.path)/project/mkosi.output/image/link",
            withDestinationPath: "\(place.path)/outside"
        )
        let run = run(place, "clean")
        #expect(run.status == 0, "\(run.errors)")
        for name in kept + ["outside"] { #expect(place.exists(name), "\(name)") }
        for name in removed { #expect(!place.exists(name), "\(name)") }
    }

    @Test("clean in the project's own directory keeps files that only look like outputs")
    func cleanBeside() throws {
        let place = try Place()
        for name in ["image.box", "image.conf", "image.manifest"] { try place.write("project/\(name)", "x") }
        #expect(run(place, "clean").status == 0)
        #expect(!place.exists("project/image.box"))
        #expect(!place.exists("project/image.manifest"))
        #expect(place.exists("project/image.conf"))
    }

    @Test("clean -f removes this image's caches too")
    func cleanCaches() throws {
        let place = try Place()
        let own = "project/mkosi.cache/acme~7~x86-64~main/x"
        try place.write(own, "x")
        try place.write("project/mkosi.cache/acme~8~x86-64~main/x", "x")
        #expect(run(place, "clean").status == 0)
        #expect(place.exists(own))
        #expect(run(place, "-f", "clean").status == 0)
        #expect(!place.exists(own))
        #expect(place.exists("project/mkosi.cache/acme~8~x86-64~main/x"))
    }

    @Test("clean -ff removes what was downloaded, and nothing else in that directory")
    func cleanPackages() throws {
        let place = try Place()
        for name in ["packages/a", "metadata/b", "mine"] { try place.write("project/mkosi.pkgcache/\(name)", "x") }
        #expect(run(place, "-f", "clean").status == 0)
        #expect(place.exists("project/mkosi.pkgcache/packages/a"))
        let run = run(place, "-ff", "clean")
        #expect(run.status == 0, "\(run.errors)")
        #expect(!place.exists("project/mkosi.pkgcache/packages"))
        #expect(!place.exists("project/mkosi.pkgcache/metadata"))
        #expect(place.exists("project/mkosi.pkgcache/mine"))
    }

    @Test("a program whose output is a value gets no arguments and runs in its own directory")
    func programOutput() throws {
        let place = try Place()
        try place.write("project/mkosi.version", "#!/bin/sh\necho \"$# $(pwd)\"\n")
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o755],
            ofItemAtPath: "\(place.path)/project/mkosi.version"
        )
        #expect(
            try HostProgram.output(of: "\(place.path)/project/mkosi.version", reporter: EventReporter([]))
                == "0 \(place.path)/project\n"
        )
    }
}
