public import Configuration
public import Execution
public import Support
import System

/// Builds the images of a project, in parallel as far as dependencies and jobs allow.
public struct ImageScheduler: Sendable {
    private let names: [String]
    private let schedule: ImageSchedule
    private let budget: JobBudget
    private let cancellation: Cancellation

    /// A function that waits until the images exist that an image needs before its outputs are assembled.
    public typealias Gate = @Sendable () throws(Failure) -> Void

    /// - Parameters:
    ///   - names: What the images are called, in the order of building.
    ///   - schedule: What each of them waits for.
    ///   - budget: The jobs that all of them have together.
    ///   - cancellation: What stops the others when one fails.
    public init(names: [String], schedule: ImageSchedule, budget: JobBudget, cancellation: Cancellation) {
        self.names = names
        self.schedule = schedule
        self.budget = budget
        self.cancellation = cancellation
    }

    private struct State: Sendable {
        var started: Set<Int> = []
        var done: Set<Int> = []
        var ended = 0
        var failure: Failure?
    }

    /// Runs `build` for every image; the first failure stops all others, and is thrown when they have ended.
    public func run(_ build: @escaping @Sendable (Int, @escaping Gate) throws(Failure) -> Void) throws(Failure) {
        if names.count == 1 { return try budget.withJob(rank: 0) { () throws(Failure) in try build(0) {} } }
        let state = Monitor(State())
        var threads: [WorkerThread] = []
        while true {
            let ready = state.wait { state -> [Int]? in
                if state.failure != nil { return state.ended == state.started.count ? [] : nil }
                if state.done.count == names.count { return [] }
                let ready = names.indices.filter { index in
                    !state.started.contains(index) && schedule.needs[index].start.isSubset(of: state.done)
                }
                state.started.formUnion(ready)
                return ready.isEmpty ? nil : ready
            }
            if ready.isEmpty { break }
            budget.queue(ready)
            for index in ready {
                do throws(SystemCallError) {
                    threads.append(try WorkerThread { run(index, state, build) })
                } catch {
                    budget.leave(index)
                    end(index, state, Failure(.system, "Cannot start a thread", cause: error))
                }
            }
        }
        for thread in threads { thread.join() }
        if let failure = state.withLock({ $0.failure }) { throw failure }
    }

    private func run(
        _ index: Int,
        _ state: Monitor<State>,
        _ build: @Sendable (Int, @escaping Gate) throws(Failure) -> Void
    ) {
        do throws(Failure) {
            try budget.withJob(rank: index) { () throws(Failure) in
                // While it waited for its turn another may have failed.
                try cancellation.check()
                try build(index) { () throws(Failure) in try waitForParts(of: index, state) }
            }
            end(index, state, nil)
        } catch {
            end(index, state, error)
        }
    }

    /// Waits for the images required for assembly, releasing this image's job slot.
    private func waitForParts(of index: Int, _ state: Monitor<State>) throws(Failure) {
        let needed = schedule.needs[index].assembly
        if needed.isEmpty || state.withLock({ needed.isSubset(of: $0.done) }) { return }
        try budget.withoutJob(rank: index) { () throws(Failure) in
            let mayGoOn = state.wait { state -> Bool? in
                if needed.isSubset(of: state.done) { return true }
                return state.failure == nil ? nil : false
            }
            if !mayGoOn { throw Failure(.cancelled, "The build was cancelled") }
        }
    }

    private func end(_ index: Int, _ state: Monitor<State>, _ failure: Failure?) {
        state.withLock { state in
            state.ended += 1
            guard let failure else {
                state.done.insert(index)
                return
            }
            if state.failure != nil { return }
            if failure.code == .cancelled {
                state.failure = failure
            } else {
                state.failure = Failure(failure.code, "Cannot build the image \(names[index])", cause: failure)
            }
            cancellation.cancel()
        }
    }
}
