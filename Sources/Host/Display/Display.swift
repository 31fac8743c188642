public import Support
import Synchronization

/// What the user sees of a build on standard error: one line a step, with what runs, how far it is, and for how long.
///
/// On a terminal the lines of running steps are drawn again in place; elsewhere each step writes one line when it
/// begins and one when it ends, so that logs stay readable. All methods may be called from any thread.
public final class Display: Sendable {
    /// How to draw.
    public struct Style: Sendable {
        /// Whether lines may be drawn again.
        public var isTerminal: Bool
        public var isColoured: Bool
        /// Whether debug messages and the output of commands are shown.
        public var isDebug: Bool

        public init(isTerminal: Bool, isColoured: Bool, isDebug: Bool) {
            self.isTerminal = isTerminal
            self.isColoured = isColoured
            self.isDebug = isDebug
        }
    }

    public enum Level: Sendable {
        case debug
        case info
        case warning
        case error
    }

    public let style: Style
    private let output: any DisplayOutput
    private let drawing: Drawing
    /// Stands in front of what is said, where several things are done at once.
    private let label: String

    /// What displays with several labels share.
    private final class Drawing: Sendable {
        let state = Mutex(State())
    }

    private struct State {
        var running: [Step.Snapshot] = []
        var drawnLines = 0
        var nextNumber = 0
        var lastDraw: ContinuousClock.Instant?
    }

    public init(style: Style, output: any DisplayOutput) {
        self.style = style
        self.output = output
        drawing = Drawing()
        label = ""
    }

    private init(_ display: Display, label: String) {
        style = display.style
        output = display.output
        drawing = display.drawing
        self.label = "\(printable(label)): "
    }

    /// The same display for one of several things that are done at once, whose name stands in front of every line.
    public func labelled(_ label: String) -> Display { Display(self, label: label) }

    /// Starts a step; it ends with `Step.finish` or `Step.fail`.
    public func begin(_ title: String) -> Step {
        let number = drawing.state.withLock { state in
            state.nextNumber += 1
            state.running.append(Step.Snapshot(number: state.nextNumber, title: label + title))
            if style.isTerminal {
                draw(&state)
            } else {
                output.write("\(paint("‣", .accent)) \(label)\(title)\n")
            }
            return state.nextNumber
        }
        return Step(display: self, number: number)
    }

    public func log(_ level: Level, _ message: String) {
        if level == .debug, !style.isDebug { return }
        let message =
            label
            + printableLines(message).split(separator: "\n", omittingEmptySubsequences: false)
            .joined(separator: "\n\(label)")
        let mark =
            switch level {
            case .debug: paint(message, .faint)
            case .info: "\(paint("‣", .accent)) \(message)"
            case .warning: "\(paint("‣ warning:", .warning)) \(message)"
            case .error: "\(paint("‣ error:", .error)) \(message)"
            }
        writeAbove(mark)
    }

    /// A line that a command wrote: shown with `--debug`, else only as the detail of its step.
    public func commandOutput(_ line: String) {
        if style.isDebug { writeAbove(paint("  \(label)\(printable(line))", .faint)) }
    }

    /// A line that one of the project's own scripts wrote: always shown, for nobody else can say what it means.
    public func scriptOutput(_ line: String) {
        writeAbove("  \(label)\(printable(line))")
    }

    /// Prints a failure the way every failure is printed: the sentence, what was said about it, the hint.
    public func report(_ failure: Failure) {
        var lines = ["\(paint("‣ error:", .error)) \(printableLines(failure.description))"]
        lines += failure.firstExcerpt.map { "    \(printable($0))" }
        if let hint = failure.firstHint { lines.append("  \(paint("hint:", .accent)) \(printableLines(hint))") }
        writeAbove(lines.joined(separator: "\n"))
    }

    /// Draws the running steps again, for the clock to move on; called by a ticker on terminals.
    public func refresh() {
        guard style.isTerminal else { return }
        drawing.state.withLock { if !$0.running.isEmpty { draw(&$0) } }
    }

    func update(_ number: Int, force: Bool = false, _ change: (inout Step.Snapshot) -> Void) {
        drawing.state.withLock { state in
            guard let index = state.running.firstIndex(where: { $0.number == number }) else { return }
            change(&state.running[index])
            guard style.isTerminal else { return }
            // Ten drawings a second are as many as an eye can follow.
            if let last = state.lastDraw, last.duration(to: .now) < .milliseconds(100), !force { return }
            draw(&state)
        }
    }

    func end(_ number: Int, failed: Bool, note: String?) {
        drawing.state.withLock { state in
            guard let index = state.running.firstIndex(where: { $0.number == number }) else { return }
            let step = state.running.remove(at: index)
            let mark = failed ? paint("✗", .error) : paint("✓", .good)
            erase(&state)
            output.write("\(mark) \(step.summary(note: note))\n")
            if style.isTerminal { draw(&state) }
        }
    }

    private func writeAbove(_ text: String) {
        drawing.state.withLock { state in
            erase(&state)
            output.write(text + "\n")
            if style.isTerminal { draw(&state) }
        }
    }

    /// The most running steps that are drawn.
    ///
    /// The cursor cannot go back to lines that have left the screen.
    private static let mostLines = 16

    /// Turn the terminal's automatic line wrap off and on (DECAWM, DEC VT510 manual).
    private static let (wrapOff, wrapOn) = ("\u{1B}[?7l", "\u{1B}[?7h")

    private func erase(_ state: inout State) {
        // The cursor is at the beginning of the first line: how many rows they take does not matter.
        if state.drawnLines > 0 { output.write("\r\u{1B}[J") }
        state.drawnLines = 0
    }

    /// Draws the running steps and puts the cursor back to where they begin.
    ///
    /// There it stays when the window changes its size and the terminal breaks lines in other places.
    private func draw(_ state: inout State) {
        let width = output.width
        var text = state.drawnLines > 0 ? "\r\u{1B}[J" : ""
        let lines = state.running.prefix(Self.mostLines).map { step in
            paint(step.progressLine(width: max(1, width - 1)), .running)
        }
        if !lines.isEmpty {
            text += Self.wrapOff + lines.joined(separator: "\n") + Self.wrapOn + "\r"
            if lines.count > 1 { text += "\u{1B}[\(lines.count - 1)A" }
        }
        output.write(text)
        state.drawnLines = lines.count
        state.lastDraw = .now
    }

    private enum Ink: String {
        case accent = "1;34"
        case good = "32"
        case warning = "1;33"
        case error = "1;31"
        case faint = "2"
        case running = "36"
    }

    private func paint(_ text: String, _ ink: Ink) -> String {
        style.isColoured ? "\u{1B}[\(ink.rawValue)m\(text)\u{1B}[0m" : text
    }
}

/// The same for a message of several lines, in which names from files and plugins may stand.
private func printableLines(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { printable(String($0)) }.joined(separator: "\n")
}

/// Makes control characters visible, so that no output of a command or plugin can drive the user's terminal.
public func printable(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\t": result += "    "
        case _ where scalar.value < 0x20 || scalar.value == 0x7f || (0x80..<0xa0).contains(scalar.value):
            result += "�"
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result
}
