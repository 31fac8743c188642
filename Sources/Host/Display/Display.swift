import Support
import Synchronization
import System

/// The events of a build as people read them on standard error: one line a task, with its state, progress and duration.
///
/// On a terminal the lines of running tasks are redrawn in place; elsewhere each task writes one line when it begins
/// and
/// one when it ends, so that logs stay readable.
public final class Display: EventConsumer {
    /// The style of the display: colours, width and redrawing.
    public struct Style: Sendable {
        /// True if lines may be redrawn.
        public var isTerminal: Bool
        public var isColoured: Bool

        public init(isTerminal: Bool, isColoured: Bool) {
            self.isTerminal = isTerminal
            self.isColoured = isColoured
        }
    }

    public let style: Style
    private let output: any DisplayOutput
    private let state = Mutex(State())

    private struct State {
        var running: [Step.Snapshot] = []
        var drawnLines = 0
        var lastDraw: ContinuousClock.Instant?
        /// The steps of each image that were taken from the cache, and that no line has mentioned yet.
        var cached: [String: [String]] = [:]
        /// The text that was written while a command has the terminal, to be shown afterwards; nil while none has.
        var held: String?
    }

    public init(style: Style, output: any DisplayOutput) {
        self.style = style
        self.output = output
    }

    public func consume(_ event: BuildEvent) {
        let label = event.isLabelled ? event.image.map { "\(printable($0)): " } ?? "" : ""
        switch event.content {
        case .buildStarted, .buildFinished, .stepStarted, .packagesResolved, .prefetchStarted: break
        case .imageStarted(let title):
            guard event.isLabelled || title != nil else { break }
            let image = printable(event.image ?? "")
            log(.info, "Building the image \(image)\(title.map { " \($0)" } ?? "")", "")
        case .imageFinished(let outcome, let duration, let title):
            mentionCached(of: event, label)
            if title == nil, outcome == .success { log(.info, "Built in \(Format.duration(duration))", label) }
        case .stepFinished(let step, let outcome, _):
            if outcome == .cached { state.withLock { $0.cached[event.image ?? "", default: []].append(step.name) } }
        case .taskStarted(let id, _, let title):
            mentionCached(of: event, label)
            begin(id, label + printable(title))
        case .taskProgress(let id, let progress):
            update(id) { step in
                if progress.isNewPart { (step.done, step.total, step.unit) = (nil, nil, "") }
                if let detail = progress.detail { step.detail = printable(detail) }
                if let done = progress.done {
                    (step.done, step.total, step.unit) = (done, progress.total, progress.unit)
                }
            }
        case .download(let id, let download):
            update(id) { step in
                (step.done, step.total, step.unit) = (download.bytes, download.total, "bytes")
                step.detail = "\(download.files) of \(download.totalFiles) files"
            }
        case .taskFinished(let id, let outcome, _, let note):
            end(id, failed: outcome != .success, note: note.map(printable))
        case .output(let output):
            guard output.isNew else { break }
            log(.info, "Created \(printable(output.path))\(output.size.map { ", \(Format.bytes($0))" } ?? "")", label)
        case .scriptOutput(let line): writeAbove("  \(label)\(printable(line))")
        case .commandOutput(let line): writeAbove(paint("  \(label)\(printable(line))", .faint))
        case .message(let level, let text): log(level, text, label)
        case .failure(let failure): report(failure)
        }
    }

    private func begin(_ id: Int, _ title: String) {
        state.withLock { state in
            state.running.append(Step.Snapshot(number: id, title: title))
            if style.isTerminal {
                draw(&state)
            } else {
                write(&state, "\(paint("‣", .accent)) \(title)\n")
            }
        }
    }

    /// Mentions in one line which steps were not run.
    private func mentionCached(of event: BuildEvent, _ label: String) {
        guard let names = state.withLock({ $0.cached.removeValue(forKey: event.image ?? "") }) else { return }
        // No task has a number below one, and this line is complete at once.
        begin(0, "\(label)From the cache: \(printable(names.joined(separator: ", ")))")
        end(0, failed: false, note: nil)
    }

    private func log(_ level: BuildEvent.Level, _ message: String, _ label: String) {
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

    /// Prints a failure the way every failure is printed: the sentence, what was said about it, the hint.
    private func report(_ failure: Failure) {
        var lines = ["\(paint("‣ error:", .error)) \(printableLines(failure.description))"]
        lines += failure.firstExcerpt.map { "    \(printable($0))" }
        if let hint = failure.firstHint { lines.append("  \(paint("hint:", .accent)) \(printableLines(hint))") }
        writeAbove(lines.joined(separator: "\n"))
    }

    public var isAnimated: Bool { style.isTerminal }

    /// Draws the running steps again, for the clock to move on; called by a ticker on terminals.
    public func refresh() {
        guard style.isTerminal else { return }
        state.withLock { if !$0.running.isEmpty { draw(&$0) } }
    }

    private func update(_ number: Int, _ change: (inout Step.Snapshot) -> Void) {
        state.withLock { state in
            guard let index = state.running.firstIndex(where: { $0.number == number }) else { return }
            change(&state.running[index])
            guard style.isTerminal else { return }
            // Ten drawings a second are as many as an eye can follow.
            if let last = state.lastDraw, last.duration(to: .now) < .milliseconds(100) { return }
            draw(&state)
        }
    }

    private func end(_ number: Int, failed: Bool, note: String?) {
        state.withLock { state in
            guard let index = state.running.firstIndex(where: { $0.number == number }) else { return }
            let step = state.running.remove(at: index)
            let mark = failed ? paint("✗", .error) : paint("✓", .good)
            erase(&state)
            write(&state, "\(mark) \(step.summary(note: note))\n")
            if style.isTerminal { draw(&state) }
        }
    }

    public func suspend() {
        state.withLock { state in
            erase(&state)
            state.held = state.held ?? ""
        }
    }

    public func resume() {
        state.withLock { state in
            output.write(state.held.take() ?? "")
            if style.isTerminal { draw(&state) }
        }
    }

    private func write(_ state: inout State, _ text: String) {
        if state.held != nil { state.held?.append(text) } else { output.write(text) }
    }

    private func writeAbove(_ text: String) {
        state.withLock { state in
            erase(&state)
            write(&state, text + "\n")
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
        guard state.held == nil else { return }
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

/// The same for a message of several lines, which may contain names from files and plugins.
private func printableLines(_ text: String) -> String {
    let lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    return lines.map { printable(String(Substring($0))) }.joined(separator: "\n")
}
