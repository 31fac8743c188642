import Glibc
import Support
import Synchronization
import System

extension EventReporter {
    /// Runs `body` while a thread redraws the running tasks ten times a second, so that their clocks move.
    public func whileTicking<Result, Problem: Error>(
        _ body: () throws(Problem) -> Result
    ) throws(Problem) -> Result {
        guard isAnimated else { return try body() }
        let ticker = Ticker(reporter: self)
        defer { ticker.stop() }
        return try body()
    }
}

/// The thread behind `whileTicking`.
private struct Ticker {
    private let isStopped = StopFlag()
    /// Nil if no thread can be started: then the clocks do not move.
    private let thread: WorkerThread?

    private final class StopFlag: Sendable {
        let value = Atomic(false)
    }

    init(reporter: EventReporter) {
        thread = try? WorkerThread { [isStopped] in
            while !isStopped.value.load(ordering: .relaxed) {
                usleep(100_000)
                reporter.refresh()
            }
        }
    }

    func stop() {
        isStopped.value.store(true, ordering: .relaxed)
        thread?.join()
    }
}
