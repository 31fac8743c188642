import Execution
import Glibc
import Support
import Testing

/// A signal ends the process, whatever it is doing.
@Suite struct CancellationTests {
    @Test("What never asks is ended by the deadline, with the status of the signal")
    func deadline() async {
        await #expect(processExitsWith: .exitCode(128 + SIGTERM)) {
            let cancellation = try Cancellation()
            try cancellation.followSignals(patience: 1)
            raise(SIGTERM)
            while true { usleep(10_000) }
        }
    }

    @Test("Who asks in time ends as it wants to")
    func noticed() async {
        await #expect(processExitsWith: .exitCode(7)) {
            let cancellation = try Cancellation()
            try cancellation.followSignals(patience: 1)
            raise(SIGINT)
            while !cancellation.isCancelled { usleep(10_000) }
            // Longer than the deadline of those that did not ask.
            usleep(1_500_000)
            exit(7)
        }
    }
}
