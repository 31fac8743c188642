import Display
import Glibc
import Support
import Synchronization
import System
import TestSupport
import Testing

/// A real terminal that breaks lines again when its window is narrowed.
@Suite(.needsProgram("tmux"))
struct NarrowingTests {
    /// What tmux shows of a file that is written to.
    private final class Window: DisplayOutput {
        private let columns = Mutex(80)
        private let file: Descriptor
        private let socket: String

        init(_ directory: borrowing TemporaryDirectory) throws {
            socket = directory("socket")
            mkfifo(directory("pipe"), 0o600)
            file = try Descriptor.open(directory("pipe"), O_RDWR)
            let command = "exec cat \(directory("pipe"))"
            try tmux(["-f", "/dev/null", "new-session", "-d", "-x", "80", "-y", "24", command])
        }

        @discardableResult
        func tmux(_ arguments: [String]) throws -> String {
            try runChecked(["tmux", "-S", socket] + arguments, environment: plainEnvironment + ["TERM=xterm"]).output
        }

        func write(_ text: String) { try? file.write(text.utf8) }
        var width: Int { columns.withLock { $0 } }

        func narrow(to width: Int) throws {
            try tmux(["resize-window", "-x", "\(width)"])
            columns.withLock { $0 = width }
        }

        /// The lines that are there when one of them has this text, or after some time without it.
        func lines(with text: String) throws -> [String] {
            var lines: [String] = []
            for _ in 0..<100 {
                lines = try tmux(["capture-pane", "-p"]).split(separator: "\n").map(String.init)
                if lines.contains(where: { $0.contains(text) }) { break }
                usleep(20_000)
            }
            return lines
        }

        deinit { _ = try? tmux(["kill-server"]) }
    }

    @Test("Nothing is left behind when the window is narrowed")
    func narrowed() throws {
        let directory = try TemporaryDirectory()
        let window = try Window(directory)
        let style = Display.Style(isTerminal: true, isColoured: true)
        let display = EventReporter([Display(style: style, output: window)])
        // On a screen that is not full yet, tmux moves lines out of it for every line that it breaks.
        for number in 0..<40 { display.log(.info, "earlier \(number)") }
        display.log(.info, "above")
        let steps = ["first", "second"].map {
            display.begin("The \($0) step, whose title is about sixty columns long, or so", "step")
        }
        _ = try window.lines(with: "second")
        for width in [60, 40, 33, 20] {
            try window.narrow(to: width)
            for round in 0..<3 {
                steps[0].detail("round \(width) \(round)")
                display.refresh()
            }
        }
        for step in steps { step.finish() }
        display.log(.info, "below")
        let lines = try window.lines(with: "below")
        #expect(lines.filter { $0.contains("•") }.isEmpty, "\(lines)")
        #expect(lines.filter { $0.contains("✓") }.count == 2 && lines.contains { $0.contains("above") }, "\(lines)")
    }
}
