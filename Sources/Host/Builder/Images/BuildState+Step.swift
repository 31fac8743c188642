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
        let running = environment.display.begin(title, phase)
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
        for step in BuildSteps.needed(for: image, hasOutput: hasOutput) {
            try environment.cancellation.check()
            if let chain = step.chain { try run(step, on: chain) } else { try step.run(self) }
        }
        tree = chains[.image]?.tree
    }
}
