public import Display
import Synchronization

/// The time that each phase of a build took, for `--debug-timing`; `install/unpack` is a part of `install`.
public final class Timing: Sendable {
    private let phases = Mutex<[(name: String, duration: Duration)]>([])

    public init() {}

    /// Runs a phase and adds its duration to those of the same name.
    public func measure<Result, Problem: Error>(
        _ name: String,
        _ body: () throws(Problem) -> Result
    ) throws(Problem) -> Result {
        let start = ContinuousClock.now
        defer { add(name, start.duration(to: .now)) }
        return try body()
    }

    public func add(_ name: String, _ duration: Duration) {
        phases.withLock { phases in
            if let index = phases.firstIndex(where: { $0.name == name }) {
                phases[index].duration += duration
            } else {
                phases.append((name, duration))
            }
        }
    }

    /// One line a phase, `timing: NAME SECONDS`, in the order in which they began.
    public func report(to display: EventReporter) {
        for phase in phases.withLock({ $0 }) {
            let thousandths = Int((phase.duration.seconds * 1000).rounded())
            let fraction = String(thousandths % 1000 + 1000).dropFirst()
            display.log(.info, "timing: \(phase.name) \(thousandths / 1000).\(fraction)")
        }
    }
}
