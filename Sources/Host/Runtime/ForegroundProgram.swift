import CShims
public import Execution
import Glibc
public import Support
import System

/// A program that has the terminal until it ends, the user gives up, or its time is over.
public struct ForegroundProgram: Sendable {
    /// Absolute path of the program.
    public var path: String
    public var arguments: [String]
    /// `NAME=value`.
    public var environment: [String]
    /// Descriptors that the program finds as 3, 4, ….
    public var descriptors: [CInt] = []
    /// How long the program may run.
    public var timeLimit: Duration?
    /// Milliseconds between SIGTERM and SIGKILL for a program that is to end.
    public var patience: CInt = 5000

    public init(_ path: String, _ arguments: [String], environment: [String]) {
        self.path = path
        self.arguments = arguments
        self.environment = environment
    }

    /// How the program ended.
    public enum Ending: Sendable, Equatable {
        /// By itself.
        case ended(ExitStatus)
        case cancelled
        case timedOut
    }

    /// Runs the program to its end.
    ///
    /// - Parameter cancellation: What ends it at once.
    /// - Returns: How it ended.
    /// - Throws: one sentence where it cannot be started.
    public func run(cancellation: Cancellation) throws(Failure) -> Ending {
        var terminal = termios()
        let hasTerminal = tcgetattr(STDIN_FILENO, &terminal) == 0
        // What kills a program leaves the terminal in the program's own mode.
        defer { if hasTerminal { tcsetattr(STDIN_FILENO, TCSANOW, &terminal) } }
        do throws(SystemCallError) {
            var plan = ChildProcess.Plan(
                path: path,
                arguments: arguments,
                environment: environment,
                descriptors: [0, 1, 2] + descriptors
            )
            // It has to be in the group that the terminal listens to.
            plan.newGroup = !hasTerminal
            var child = try ChildProcess(plan)
            let stop = wait(for: child.pidfd, cancellation)
            if stop != nil { child.send(SIGTERM) }
            let status = child.wait(milliseconds: stop == nil ? -1 : patience)
            return stop ?? .ended(status)
        } catch {
            throw Failure(.command, "Cannot run \(Paths.name(path))", cause: error)
        }
    }

    /// Waits for the end of the process; returns why it has to be stopped before, if it has to.
    private func wait(for process: CInt, _ cancellation: Cancellation) -> Ending? {
        let start = ContinuousClock.now
        var entries = [
            pollfd(fd: process, events: Int16(POLLIN), revents: 0),
            pollfd(fd: cancellation.descriptor, events: Int16(POLLIN), revents: 0),
        ]
        while true {
            let rest = timeLimit.map { $0 - start.duration(to: .now) }
            if let rest, rest <= .zero { return .timedOut }
            let milliseconds = rest.map { CInt(clamping: $0.components.seconds * 1000 + 1000) } ?? -1
            _ = poll(&entries, 2, min(milliseconds, 60_000))
            if entries[0].revents != 0 { return nil }
            if cancellation.isCancelled { return .cancelled }
        }
    }
}
