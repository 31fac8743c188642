public import Execution
import Glibc
public import Support

extension ForegroundProgram {
    /// Runs the program to its end, and returns the exit status that a shell would report.
    public func status(cancellation: Cancellation) throws(Failure) -> CInt {
        switch try run(cancellation: cancellation) {
        case .ended(let status): CInt(status.code)
        case .cancelled, .timedOut, .satisfied: 128 + (cancellation.signal ?? SIGINT)
        }
    }
}
