import Display
import Execution
import Support

/// The lines that a user reads while an image is built, each measured as a phase.
struct BuildLines: Sendable {
    let display: EventReporter
    let cancellation: Cancellation
    let timing: Timing

    /// Runs something that the user sees as one line.
    func run<Result>(
        _ title: String,
        _ phase: String,
        _ body: (Step) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try noted(title, phase) { line throws(Failure) in (try body(line), nil) }
    }

    /// The same with a note in a few words at the end of the line.
    func noted<Result>(
        _ title: String,
        _ phase: String,
        _ body: (Step) throws(Failure) -> (Result, note: String?)
    ) throws(Failure) -> Result {
        try cancellation.check()
        let line = display.begin(title, phase)
        let start = ContinuousClock.now
        defer { timing.add(phase, start.duration(to: .now)) }
        do throws(Failure) {
            let (result, note) = try body(line)
            line.finish(note)
            return result
        } catch {
            line.fail()
            throw error
        }
    }
}

extension BuildEnvironment {
    var lines: BuildLines { BuildLines(display: display, cancellation: cancellation, timing: timing) }
}
