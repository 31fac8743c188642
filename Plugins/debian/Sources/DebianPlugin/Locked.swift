import Glibc

/// A value that several threads share.
///
/// `@unchecked Sendable`: the value is only touched while the mutex is held.
final class Locked<Value>: @unchecked Sendable {
    private var value: Value
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)

    init(_ value: Value) {
        self.value = value
        pthread_mutex_init(mutex, nil)
    }

    deinit {
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    func with<Result, Failure: Error>(_ body: (inout Value) throws(Failure) -> Result) throws(Failure) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body(&value)
    }
}

/// Threads that share one piece of work.
enum Workers {
    private final class Body {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    /// Runs a function on this thread and on `count - 1` others, and returns when all of them have.
    static func run(_ count: Int, _ body: @escaping @Sendable () -> Void) {
        var threads: [pthread_t] = []
        for _ in 1..<max(count, 1) {
            let box = Unmanaged.passRetained(Body(body))
            var thread = pthread_t()
            let status = pthread_create(
                &thread,
                nil,
                { argument in
                    if let argument { Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run() }
                    return nil
                },
                box.toOpaque()
            )
            if status == 0 {
                threads.append(thread)
            } else {
                box.release()
            }
        }
        body()
        for thread in threads { pthread_join(thread, nil) }
    }
}
