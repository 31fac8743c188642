import Glibc
import Support
import Synchronization

extension Display {
    /// Runs `body` while a thread draws the running steps again ten times a second, so that their clocks move.
    public func whileTicking<Result, Problem: Error>(
        _ body: () throws(Problem) -> Result
    ) throws(Problem) -> Result {
        guard style.isTerminal else { return try body() }
        let ticker = Ticker(display: self)
        defer { ticker.stop() }
        return try body()
    }
}

/// The thread behind `whileTicking`.
private struct Ticker {
    private let isStopped = StopFlag()
    /// Nil where there is no room for another thread: then the clocks stand still.
    private let thread: WorkerThread?

    private final class StopFlag: Sendable {
        let value = Atomic(false)
    }

    init(display: Display) {
        thread = try? WorkerThread { [isStopped] in
            while !isStopped.value.load(ordering: .relaxed) {
                usleep(100_000)
                display.refresh()
            }
        }
    }

    func stop() {
        isStopped.value.store(true, ordering: .relaxed)
        thread?.join()
    }
}
