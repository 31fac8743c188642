import CShims
public import Support
import System

/// The limit of jobs that run at the same time, for all images of a build together.
///
/// Every image that is being built has one job of it. A step that can use more borrows what no image needs, and gives
/// it back when it ends.
public final class JobBudget: Sendable {
    public let total: Int
    private let state: Monitor<State>

    struct State: Sendable {
        var free: Int
        /// Ranks of those who would go on if there were a job for them.
        var waiting: Set<Int> = []
    }

    public init(_ total: Int) {
        self.total = max(1, total)
        state = Monitor(State(free: max(1, total)))
    }

    /// The processors that this process may use.
    public static var processors: Int { Int(mkosi_usable_processors()) }

    /// Queues these ranks, so that their order does not depend on which thread runs first.
    func queue(_ ranks: [Int]) {
        state.withLock { $0.waiting.formUnion(ranks) }
    }

    /// Removes a queued rank that will never acquire a job.
    func leave(_ rank: Int) {
        _ = state.withLock { $0.waiting.remove(rank) }
    }

    /// Runs something that has one job, as soon as there is one; of those who wait the lowest rank comes first.
    public func withJob<Result>(rank: Int, _ body: () throws(Failure) -> Result) throws(Failure) -> Result {
        acquire(rank)
        defer { release(1) }
        return try body()
    }

    /// Gives the caller's job away while it waits for something.
    func withoutJob<Result>(rank: Int, _ body: () throws(Failure) -> Result) throws(Failure) -> Result {
        release(1)
        defer { acquire(rank) }
        return try body()
    }

    /// Runs a step that can use several jobs, of which it has one already.
    public func share<Result>(_ body: (Int) throws(Failure) -> Result) throws(Failure) -> Result {
        let borrowed = state.withLock { state in
            guard state.waiting.isEmpty else { return 0 }
            defer { state.free = 0 }
            return state.free
        }
        defer { release(borrowed) }
        return try body(1 + borrowed)
    }

    private func acquire(_ rank: Int) {
        _ = state.withLock { $0.waiting.insert(rank) }
        state.wait { state -> Void? in
            guard state.free > 0, state.waiting.min() == rank else { return nil }
            state.free -= 1
            state.waiting.remove(rank)
            return ()
        }
    }

    private func release(_ count: Int) {
        state.withLock { $0.free += count }
    }
}
