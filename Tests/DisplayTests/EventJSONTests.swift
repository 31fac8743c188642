import ByteKeys
import Display
import JSON
import PluginWire
import Support
import System
import TestSupport
import Testing

/// The manual mkosi-events(7) has an example of each kind, which is what the program writes.
@Suite("The JSON of events")
struct EventJSONTests {
    private static let step = BuildEvent.StepID(name: "postinst", title: "Running postinst scripts")
    private static let change = BuildEvent.Change(
        input: "script 1",
        old: "mkosi.postinst 41a2…",
        new: "mkosi.postinst 9c07…"
    )

    private static var progress: BuildEvent.TaskProgress {
        var progress = BuildEvent.TaskProgress()
        (progress.detail, progress.done, progress.total, progress.unit) = ("unpack", 20, 118, "packages")
        return progress
    }

    /// What the examples in the manual show; nil: no single image.
    static let examples: [(BuildEvent.Content, image: String?)] = [
        (.buildStarted(verb: "build", images: ["base", "main"]), nil),
        (.buildFinished(.success, status: 0, duration: .milliseconds(9100)), nil),
        (.imageStarted(title: nil), "main"),
        (.imageFinished(.success, duration: .milliseconds(7300), title: nil), "main"),
        (.stepStarted(step, .changes([change])), "main"),
        (.stepFinished(step, .success, duration: .milliseconds(310)), "main"),
        (.taskStarted(id: 7, name: "install", title: "Installing 118 packages"), "main"),
        (.taskProgress(id: 7, progress), "main"),
        (.taskFinished(id: 7, .success, duration: .milliseconds(4100), note: nil), "main"),
        (.download(id: 6, BuildEvent.Download(bytes: 1_048_576, total: 44_040_192, files: 3, totalFiles: 118)), "main"),
        (.prefetchStarted(files: 12, bytes: 30_408_704), "main"),
        (
            .packagesResolved(
                purpose: "packages",
                source: .repositories,
                [BuildEvent.Package(name: "bash", version: "5.2.37-2", architecture: "amd64", size: 1_498_524)]
            ), "main"
        ),
        (
            .output(
                BuildEvent.Output(
                    path: "/srv/image.tar",
                    size: 125_829_120,
                    digest: "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"
                )
            ), "main"
        ),
        (.scriptOutput("make: Nothing to be done for 'all'."), "main"),
        (.commandOutput("Setting up bash (5.2.37-2) ..."), "main"),
        (.message(.info, "The workspace is /var/tmp/mkosi-workspace-x1"), "main"),
        (.message(.warning, "The locale is the same in both builds"), nil),
        (
            .failure(
                Failure(
                    .command,
                    "The script mkosi.postinst failed with exit status 3",
                    hint: "--debug-shell opens a shell where a script has failed",
                    excerpt: ["cannot find /etc/app.conf"]
                )
            ), nil
        ),
    ]

    private func line(_ example: (BuildEvent.Content, image: String?)) throws -> String {
        var event = BuildEvent(example.0, image: example.image)
        event.time = 1_764_300_000_000_000
        return try JSONText.string(event.json)
    }

    private var manual: String {
        get throws { try Files.readText(Paths.join(Stage.packageRoot, "Documentation/mkosi-events.7.md")) }
    }

    @Test("The manual has each example as it is written")
    func examplesOfTheManual() throws {
        let lines = try manual.split(separator: "\n").filter { $0.hasPrefix("{") }.map(String.init)
        var written = try Self.examples.map(line)
        written.append(#"{"count":5120,"kind":"dropped","time":1764300000000000,"version":1}"#)
        #expect(lines.sorted() == written.sorted())
    }

    @Test("The manual describes each kind and each of its members")
    func members() throws {
        let manual = try manual
        for example in Self.examples {
            let event = BuildEvent(example.0)
            #expect(manual.contains("\n`\(event.kind)`\n"), "\(event.kind)")
            for member in (event.json.object ?? [:]).keys { #expect(manual.contains("`\(member)`"), "\(member)") }
        }
    }

    @Test("Members without a value are left out, and reasons are told apart")
    func reasons() {
        func json(_ reason: BuildEvent.Reason) -> JSON { BuildEvent(.stepStarted(Self.step, reason)).json }
        #expect(json(.notCached)["reason"] == "not-cached" && json(.notCached)["changes"] == nil)
        #expect(json(.firstBuild)["reason"] == "first-build")
        #expect(json(.changes([]))["reason"] == "not-kept")
        #expect(json(.changes([Self.change]))["changes"]?.array?.count == 1)
        #expect(json(.firstBuild)["image"] == nil)
    }
}
