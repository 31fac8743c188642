import Execution
import Glibc
import Support
import System
import TestSupport
import Testing

@Suite("Events of a build")
struct EventTests {
    /// The command line with its words quoted for a shell, and the descriptors that the shell opens.
    private func mkosi(_ tiny: TinyProject, _ arguments: String) throws -> RunResult {
        try run(
            ["bash", "-c", "exec '\(Stage.mkosi)' \(arguments)"],
            environment: tiny.environment(),
            in: tiny.project
        )
    }

    @Test(
        "A build reports its images, steps, packages, downloads, lines of scripts and outputs",
        arguments: TestUser.available
    )
    func build(user: TestUser) throws {
        let tiny = try TinyProject(user: user, configuration: "[Build]\nIncremental=yes")
        try tiny.script("mkosi.postinst", "echo 'it is \u{1b} \"quoted\"'")
        let result = try tiny.build()
        #expect(result.succeeded, "\(result)")
        let events = result.events
        #expect(events.first?.kind == "build-started" && events.first?.words("images") == ["main"], "\(result)")
        #expect(events.last?.kind == "build-finished" && events.last?.result == "success")
        #expect(events.last?.number("status") == 0 && (events.last?.number("duration") ?? 0) > 0)
        #expect(events.allSatisfy { $0.number("version") == 1 && $0.number("time") != nil })
        // Events of the image are between its start and its end.
        let start = try #require(events.firstIndex { $0.kind == "image-started" })
        let end = try #require(events.firstIndex { $0.kind == "image-finished" })
        #expect(events[start...end].allSatisfy { $0.image == "main" })
        let steps = events.filter { $0.kind == "step-started" }
        #expect(steps.first?.name == "packages" && steps.allSatisfy { $0.reason == "first-build" })
        #expect(result.steps("success").isSuperset(of: ["packages", "postinst", "removal"]))
        let resolved = try #require(events.first { $0.kind == "packages-resolved" })
        #expect(resolved["source"] == "repositories" && resolved["purpose"] == "packages")
        #expect(resolved.list("packages").contains { $0.name == "hello" && ($0.number("size") ?? 0) > 0 })
        let download = try #require(events.last { $0.kind == "download-progress" })
        #expect(download.number("files") == download.number("totalFiles"))
        #expect(download.number("bytes") == download.number("totalBytes"))
        #expect(events.contains { $0.kind == "script-output" && $0["line"] == "it is \u{1b} \"quoted\"" })
        let output = try #require(events.first { $0.kind == "output" })
        #expect(output["path"] == "\(tiny.project)/image.tar" && output.isNew == true)
        #expect(output.number("size") == Files.size(of: "\(tiny.project)/image.tar"))
        let digest = try runChecked(["sha256sum", "\(tiny.project)/image.tar"]).output.prefix(64)
        #expect(output["sha256"] == String(digest))
        // Each task that has started ends once.
        let ended = events.filter { $0.kind == "task-finished" }.compactMap(\.task)
        #expect(Set(ended).count == ended.count)
        #expect(Set(events.filter { $0.kind == "task-started" }.compactMap(\.task)) == Set(ended))

        try tiny.script("mkosi.postinst", "exit 3")
        let failed = try tiny.build(["-f"])
        #expect(failed.steps("cached") == ["packages"] && failed.steps("failure") == ["postinst"], "\(failed)")
        let step = try #require(failed.events.first { $0.kind == "step-started" })
        #expect(
            step.reason == "changed"
                && step.list("changes").contains { $0["new"]?.hasPrefix("mkosi.postinst ") == true },
            "\(step)"
        )
        let error = try #require(failed.events.first { $0.kind == "error" })
        #expect(error["code"] == "command" && error["text"]?.contains("failed with exit status 3") == true)
        #expect(failed.events.last?.result == "failure" && failed.events.last?.number("status") == 1)
    }

    @Test("With --progress=json standard error has events and nothing else, also for errors of the command line")
    func standardError() throws {
        let tiny = try TinyProject()
        let result = try tiny.mkosi(["--progress=json"])
        #expect(result.succeeded, "\(result)")
        let events = try Event.all(in: result.errorBytes)
        #expect(events.first?.kind == "build-started" && events.last?.kind == "build-finished")
        let wrong = try tiny.mkosi(["--progress", "json", "summry"])
        #expect(wrong.status == .exited(2))
        #expect(try Event.all(in: wrong.errorBytes).map(\.kind) == ["error"])
        let both = try tiny.mkosi(["--progress=json", "--progress-fd=1", "-f"])
        #expect(try Event.all(in: both.outputBytes).last?.kind == "build-finished", "\(both)")
        #expect(both.errors.contains("✓ Assembling"))
    }

    @Test("Plain progress is not redrawn on a terminal")
    func plain() throws {
        let tiny = try TinyProject()
        for mode in ["auto", "plain"] {
            let terminal = try Terminal(
                [Stage.mkosi, "-f", "--progress=\(mode)"],
                environment: tiny.environment(),
                in: tiny.project
            )
            #expect(terminal.waits(for: ["Built in"], seconds: 60), "\(terminal.screen)")
            // A task that is redrawn has no line for its beginning.
            #expect(terminal.screen.contains("• Assembling") == (mode == "auto"), "\(mode): \(terminal.screen)")
            #expect(terminal.screen.contains("‣ Assembling") == (mode == "plain"), "\(mode): \(terminal.screen)")
        }
    }

    @Test("A descriptor that cannot be written to is an error before anything happens")
    func closed() throws {
        let tiny = try TinyProject()
        for redirection in ["7>&-", "7</dev/null"] {
            let result = try mkosi(tiny, "--progress-fd=7 \(redirection)")
            #expect(result.status == .exited(2), "\(result)")
            #expect(result.errors.contains("--progress-fd=7 is not a descriptor open for writing"))
            #expect(tiny.outputs.isEmpty)
        }
    }

    @Test("A reader that goes away, or reads nothing, neither ends nor stalls the build")
    func readers() throws {
        let tiny = try TinyProject()
        // Many lines, so that a pipe is full long before the end.
        try tiny.script("mkosi.postinst", "seq 100000")
        for (reader, isGone) in [("head -n 1", true), ("sleep 1000", false)] {
            let pid = tiny.directory("reader")
            let start = "echo $BASHPID >'\(pid)'; exec \(reader) >/dev/null 2>&1"
            let result = try mkosi(tiny, "-f --progress-fd=7 7> >(\(start))")
            if !isGone { kill(try #require(pid_t(Files.readText(pid).filter { !$0.isNewline })), SIGKILL) }
            #expect(result.succeeded, "\(result.errors.suffix(1000))")
            #expect(result.errors.contains("Cannot write events any more") == isGone, "\(result.errors.suffix(1000))")
            #expect(Files.exists("\(tiny.project)/image.tar"))
        }
    }

    @Test("Commands of a build do not inherit the descriptor")
    func inheritance() throws {
        let tiny = try TinyProject()
        try tiny.script("mkosi.postinst", "ls /proc/self/fd; (echo forged >&7) 2>/dev/null || true")
        let result = try mkosi(tiny, "--progress-fd=7 7>'\(tiny.directory("events"))'")
        #expect(result.succeeded, "\(result)")
        let events = try Event.all(in: Files.read(tiny.directory("events")))
        #expect(!events.isEmpty && !events.contains { $0["line"] == "7" || $0.kind == "" })
    }
}
