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

    /// Waits for the end of the thread.
    public func join() {
        let started = thread.withLock { $0.take() }
        if let started { pthread_join(started, nil) }
    }

    deinit {
        if let started = thread.withLock({ $0.take() }) { pthread_detach(started) }
    }
}
