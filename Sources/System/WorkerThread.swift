import Glibc

/// A separate thread; releasing it without waiting leaves it running.
public final class WorkerThread: Sendable {
    private let thread: Monitor<pthread_t?>

    private final class Work: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    public init(_ body: @escaping @Sendable () -> Void) throws(SystemCallError) {
        var started: pthread_t = 0
        let work = Unmanaged.passRetained(Work(body)).toOpaque()
        let result = pthread_create(
            &started,
            nil,
            { work in
                guard let work else { return nil }
                Unmanaged<Work>.fromOpaque(work).takeRetainedValue().body()
                return nil
            },
            work
        )
        guard result == 0 else {
            Unmanaged<Work>.fromOpaque(work).release()
            throw SystemCallError("pthread_create", errno: result)
        }
        thread = Monitor(started)
    }

    /// Does some work on this thread and on `count - 1` others, as many as there is room for, until all are done.
    public static func share(_ count: Int, _ work: @escaping @Sendable () -> Void) {
        let others = (1..<max(count, 1)).compactMap { _ in try? WorkerThread(work) }
        work()
        for thread in others { thread.join() }
    }

    /// Waits for the end of the thread.
    public func join() {
        let started = thread.withLock { $0.take() }
        if let started { pthread_join(started, nil) }
    }

    deinit {
        if let started = thread.withLock({ $0.take() }) { pthread_detach(started) }
    }
}
