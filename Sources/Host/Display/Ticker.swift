import Glibc
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
private final class Ticker: Sendable {
    private let display: Display
    private let isStopped = Atomic(false)
    // Written once, before anybody else can see the object.
    private let thread: Mutex<pthread_t?> = Mutex(nil)

    init(display: Display) {
        self.display = display
        var started: pthread_t = 0
        let context = Unmanaged.passRetained(self).toOpaque()
        let result = pthread_create(
            &started,
            nil,
            { context in
                guard let context else { return nil }
                let ticker = Unmanaged<Ticker>.fromOpaque(context).takeRetainedValue()
                while !ticker.isStopped.load(ordering: .relaxed) {
                    usleep(100_000)
                    ticker.display.refresh()
                }
                return nil
            },
            context
        )
        if result == 0 {
            thread.withLock { $0 = started }
        } else {
            Unmanaged<Ticker>.fromOpaque(context).release()
        }
    }

    func stop() {
        isStopped.store(true, ordering: .relaxed)
        if let started = thread.withLock({ $0 }) { pthread_join(started, nil) }
    }
}
