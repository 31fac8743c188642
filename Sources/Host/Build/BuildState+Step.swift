import Display
import Execution
import Support

extension BuildState {
    /// Runs something that the user sees as one line, and that is counted as a phase.
    func step<Result>(
        _ title: String,
        _ phase: String,
        _ body: (Step) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try environment.cancellation.check()
        let running = environment.display.begin(title)
        line = running
        note = nil
        let start = ContinuousClock.now
        defer { environment.timing.add(phase, start.duration(to: .now)) }
        do throws(Failure) {
            let result = try body(running)
            running.finish(note)
            return result
        } catch {
            running.fail()
            throw error
        }
    }

    /// Takes the steps of an image; without an output only as far as its build scripts.
    func run(hasOutput: Bool) throws(Failure) {
        for step in BuildSteps.all {
            if step.isNeeded(for: image) { try run(step) }
            if !hasOutput, step.name == BuildSteps.lastWithoutOutput { break }
        }
        try seal()
    }

    private func run(_ step: any BuildStep.Type) throws(Failure) {
        if let layer = step.layer { try enter(layer) }
        try environment.cancellation.check()
        if let layer, step.layer == layer, reused.contains(layer) { return }
        try step.run(self)
        try environment.conditions.recorder?.record(step, on: self)
    }

    /// Runs the scripts of a kind as one line.
    func runScripts(
        _ kind: ScriptKind,
        _ title: String,
        arguments: [String] = [],
        round: String? = nil
    ) throws(Failure) {
        try step(title, kind.rawValue) { _ throws(Failure) in
            try scriptRunner.run(kind, arguments: arguments, round: round)
        }
    }
}
