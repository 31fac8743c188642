import Display
import Execution
import Glibc
import PluginWire
import Support
import Synchronization
import System

/// A download of packages that later steps are going to install, while earlier ones are being installed.
///
/// Failures are ignored here: the step that needs the packages downloads what is missing, and reports what is
/// wrong.
final class Prefetch {
    private let thread: WorkerThread
    private let cancellation: Cancellation
    private let isDone = Flag()

    private final class Flag: Sendable {
        let value = Atomic(false)
    }

    /// Starts downloading what is missing; nil if nothing is, or if it cannot be done in the background.
    init?(_ packages: [ABI.V1.Package], to store: PackageStore, environment: BuildEnvironment, fetcher: Fetcher) {
        let missing = (try? store.missing(packages)) ?? []
        guard !missing.isEmpty, let cancellation = try? Cancellation() else { return nil }
        var fetcher = fetcher
        fetcher.environment.cancellation = cancellation
        let started = try? WorkerThread { [fetcher, isDone] in
            _ = try? store.fetch(missing, with: fetcher, step: nil)
            isDone.value.store(true, ordering: .releasing)
        }
        guard let started else { return nil }
        environment.display.log(.debug, "downloading \(missing.count) packages of later steps in the background")
        let bytes = missing.reduce(0) { $0 + $1.size }
        environment.display.send(.prefetchStarted(files: missing.count, bytes: bytes))
        self.cancellation = cancellation
        thread = started
    }

    /// Waits for the end of the download, or until the user has given up.
    func wait(_ user: Cancellation) {
        while !isDone.value.load(ordering: .acquiring), !user.isCancelled { usleep(5000) }
        if user.isCancelled { cancellation.cancel() }
        thread.join()
    }

    /// Stops the download.
    func stop() {
        cancellation.cancel()
        thread.join()
    }
}
