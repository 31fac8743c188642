import CShims
public import Execution
import Glibc
public import Support
import System

/// A program that has the terminal until it ends, the user gives up, or its time is over.
public struct ForegroundProgram: Sendable {
    public var program: InstalledProgram
    public var arguments: [String]
    /// `NAME=value`.
    public var environment: [String]
    /// Descriptors that the program finds as 3, 4, ….
    public var descriptors: [CInt] = []
    /// The time that the program may run.
    public var timeLimit: Duration?
    /// Milliseconds between SIGTERM and SIGKILL for a program that is to end.
    public var patience: CInt = 5000
    /// Sent to the program when mkosi is killed.
    public var deathSignal: CInt = SIGKILL

    public init(_ program: InstalledProgram, _ arguments: [String], environment: [String]) {
        self.program = program
        self.arguments = arguments
        self.environment = environment
    }

    /// The end of the program.
    public enum Ending: Sendable, Equatable {
        /// By itself.
        case ended(ExitStatus)
        case cancelled
        case timedOut
        /// It has written what its caller waited for.
        case satisfied
    }

    /// Runs the program to its end.
    ///
    /// - Parameters:
    ///   - cancellation: What ends it at once.
    ///   - watching: Sees its standard output, which is also that of the caller, and returns true to end it.
    /// - Returns: How it ended.
    /// - Throws: one sentence where it cannot be started.
    public func run(
        cancellation: Cancellation,
        watching: (([UInt8]) -> Bool)? = nil
    ) throws(Failure) -> Ending {
        var terminal = termios()
        let hasTerminal = tcgetattr(STDIN_FILENO, &terminal) == 0
        // What kills a program leaves the terminal in the program's own mode.
        defer { if hasTerminal { tcsetattr(STDIN_FILENO, TCSANOW, &terminal) } }
        do throws(SystemCallError) {
            var reader: Descriptor?
            var writer: Descriptor?
            if watching != nil { try Descriptor.pipe().split(&reader, &writer) }
            var plan = ChildProcess.Plan(
                path: program.path,
                arguments: program.arguments(arguments),
                environment: environment,
                descriptors: [0, writer?.number ?? 1, 2] + descriptors
            )
            // It has to be in the group that the terminal listens to.
            plan.newGroup = !hasTerminal
            plan.deathSignal = deathSignal
            var child = try ChildProcess(plan)
            writer = nil
            let stop = wait(for: child.pidfd, reader?.number, cancellation, watching)
            if stop != nil { child.send(SIGTERM) }
            // What it writes at its end has room in the pipe.
            let status = child.wait(milliseconds: stop == nil ? -1 : patience)
            return stop ?? .ended(status)
        } catch {
            throw Failure(.command, "Cannot run \(program.name)", cause: error)
        }
    }

    /// Waits for the end of the process; returns why it has to be stopped before, if it has to.
    private func wait(
        for process: CInt,
        _ output: CInt?,
        _ cancellation: Cancellation,
        _ watching: (([UInt8]) -> Bool)?
    ) -> Ending? {
        let start = ContinuousClock.now
        var entries = [
            pollfd(fd: process, events: Int16(POLLIN), revents: 0),
            pollfd(fd: cancellation.descriptor, events: Int16(POLLIN), revents: 0),
            // A negative number is ignored (poll(2)).
            pollfd(fd: output ?? -1, events: Int16(POLLIN), revents: 0),
        ]
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let rest = timeLimit.map { $0 - start.duration(to: .now) }
            if let rest, rest <= .zero { return .timedOut }
            let milliseconds = rest.map { CInt(clamping: $0.components.seconds * 1000 + 1000) } ?? -1
            _ = poll(&entries, 3, min(milliseconds, 60_000))
            if entries[2].revents != 0, let output {
                let count = read(output, &chunk, chunk.count)
                if count <= 0 { entries[2].fd = -1 }
                let bytes = Array(chunk.prefix(max(0, count)))
                // A reader of ours that has gone is no reason to end a test.
                try? writeAll(STDOUT_FILENO, bytes)
                if watching?(bytes) == true { return .satisfied }
                if cancellation.isCancelled { return .cancelled }
                continue
            }
            if entries[0].revents != 0 { return nil }
            if cancellation.isCancelled { return .cancelled }
        }
    }
}
