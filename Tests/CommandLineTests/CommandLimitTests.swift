import Configuration
import Display
import Execution
import Support
import Synchronization
import System
import TestSupport
import Testing

@testable import HostCommandLine

/// Programs that hang, flood or leave others behind do not keep mkosi from ending.
@Suite struct CommandLimitTests {
    private func shell(_ script: String) -> Command {
        var command = Command("/bin/sh", ["-c", script], environment: ["PATH=/usr/bin:/bin"])
        command.title = "the program"
        return command
    }

    @Test func aProgramThatHangsIsStoppedInTime() throws {
        var command = shell("sleep 60")
        command.timeLimit = .milliseconds(300)
        let failure = #expect(throws: Failure.self) { try command.run() }
        #expect(failure?.message == "the program did not end within 0 seconds and was stopped")
    }

    @Test func aProgramThatFloodsIsStopped() throws {
        var command = shell("exec yes")
        command.captureLimit = 1 << 16
        command.endsAtCaptureLimit = true
        let failure = #expect(throws: Failure.self) { try command.run() }
        #expect(failure?.message == "the program printed more than 65536 bytes and was stopped")
    }

    @Test func tooMuchIsTooMuchEvenFromAProgramThatEnds() throws {
        var command = shell("head -c 70000 /dev/zero")
        command.captureLimit = 1 << 16
        #expect(try command.run().dropped == 70000 - 65536)
        command.endsAtCaptureLimit = true
        #expect(throws: Failure.self) { try command.run() }
    }

    @Test func aFloodFromAChildThatWasLeftBehindEndsWithTheProgram() throws {
        var command = shell("yes & echo begun >&2")
        command.captureLimit = 16
        let result = try command.run()
        #expect(result.status == .exited(0))
        #expect(result.tail == ["begun"])
    }

    @Test func aFloodCanBeCancelled() throws {
        let cancellation = try Cancellation()
        var command = shell("exec yes")
        command.captureLimit = 16
        cancellation.cancel()
        let failure = #expect(throws: Failure.self) { try command.run(cancellation: cancellation) }
        #expect(failure?.code == .cancelled)
    }

    @Test func aVersionProgramThatHangsIsNamed() throws {
        let directory = try TemporaryDirectory()
        try directory.write("#!/bin/sh\nsleep 60\n", to: "mkosi.version", mode: 0o755)
        let failure = #expect(throws: Failure.self) {
            try HostProgram.output(
                of: directory("mkosi.version"),
                reporter: EventReporter([]),
                timeLimit: .milliseconds(300)
            )
        }
        #expect(failure?.message.hasPrefix(directory("mkosi.version")) == true)
    }

    @Test func namesInMessagesDoNotDriveTheTerminal() {
        let written = Lines()
        let display = EventReporter([
            Display(style: Display.Style(isTerminal: false, isColoured: false), output: written)
        ])
        display.log(.warning, "a\u{1b}[31m\nb")
        display.report(Failure(.system, "c\u{1b}]0;d\u{7}", hint: "e\u{9b}f"))
        #expect(written.text == "‣ warning: a\u{fffd}[31m\nb\n‣ error: c\u{fffd}]0;d\u{fffd}\n  hint: e\u{fffd}f\n")
    }
}

private final class Lines: DisplayOutput {
    private let lines = Mutex("")
    var text: String { lines.withLock { $0 } }
    var width: Int { 80 }
    func write(_ text: String) { lines.withLock { $0 += text } }
}
