import CShims
import Glibc
public import Support
import System

/// A program that is run to its end, with its output read line by line or captured.
public struct Command: Sendable {
    public var path: String
    public var arguments: [String]
    public var environment: [String]
    public var workingDirectory: String?
    /// Written to standard input, which is closed afterwards.
    public var input: [UInt8]
    /// Passes this process's standard input on, in place of `input`.
    public var sharesInput = false
    /// The number of bytes of standard output that are kept; nil passes its lines on instead.
    public var captureLimit: Int?
    /// True if a command that prints more than is kept is ended at once, as one that will never stop.
    public var endsAtCaptureLimit = false
    /// The time that the command may run; nil: for ever.
    public var timeLimit: Duration?
    /// A descriptor that takes standard output as it is, in place of both.
    public var outputDescriptor: CInt?
    /// Descriptors that the child finds as 3, 4, ….
    public var extraDescriptors: [CInt]
    /// The name of the command in errors, as a user would call it.
    ///
    /// Default: the program's name.
    public var title: String?

    public init(_ path: String, _ arguments: [String], environment: [String] = []) {
        self.path = path
        self.arguments = arguments
        self.environment = environment
        input = []
        extraDescriptors = []
    }

    /// The output and status of a finished command.
    public struct Result: Sendable {
        public var status: ExitStatus
        public var output: [UInt8]
        /// Bytes beyond the capture limit.
        public var dropped: Int
        /// The last lines of standard error and, unless captured, of standard output.
        public var tail: [String]
    }

    /// Runs the command; `onLine` sees every line of its output, from the calling thread.
    ///
    /// On cancellation the command gets SIGTERM, 5 seconds later SIGKILL, and the call throws `cancelled`; at a limit
    /// it
    /// ends in the same way, and the call says which limit it was.
    public func run(
        cancellation: Cancellation? = nil,
        onLine: (String) -> Void = { _ in }
    ) throws(Failure) -> Result {
        let name = title ?? Paths.name(path)
        let outcome: (result: Result, stop: CommandSupervisor.Stop?)
        do throws(SystemCallError) {
            var supervisor = try CommandSupervisor(self)
            outcome = supervisor.run(cancellation: cancellation, onLine: onLine)
        } catch {
            throw Failure(.command, "Cannot run \(name)", cause: error)
        }
        switch outcome.stop {
        case nil: return outcome.result
        case .cancelled: throw Failure(.cancelled, "The build was cancelled")
        case .time:
            let seconds = timeLimit?.components.seconds ?? 0
            throw Failure(.command, "\(name) did not end within \(seconds) seconds and was stopped")
        case .output:
            throw Failure(.command, "\(name) printed more than \(captureLimit ?? 0) bytes and was stopped")
        }
    }

    /// Runs the command and throws unless it succeeds, with the tail of its output.
    @discardableResult
    public func runChecked(
        cancellation: Cancellation? = nil,
        onLine: (String) -> Void = { _ in }
    ) throws(Failure) -> Result {
        let result = try run(cancellation: cancellation, onLine: onLine)
        if result.status == .exited(0) { return result }
        throw Failure(
            .command,
            "\(title ?? Paths.name(path)) failed with \(result.status)",
            excerpt: result.tail
        )
    }

    /// Runs the command with this process's own standard streams, as one that a person talks to.
    @discardableResult
    public func runOnTerminal() throws(Failure) -> ExitStatus {
        var plan = ChildProcess.Plan(
            path: path,
            arguments: arguments,
            environment: environment,
            descriptors: [0, 1, 2] + extraDescriptors
        )
        // Keys such as Ctrl-C are for the command.
        plan.newGroup = false
        mkosi_hold_deadline(1)
        defer { mkosi_hold_deadline(0) }
        // A command that is killed leaves the terminal as it is, perhaps without an echo.
        var settings = termios()
        let isTerminal = tcgetattr(STDIN_FILENO, &settings) == 0
        do throws(SystemCallError) {
            var child = try ChildProcess(plan)
            let status = child.wait()
            if isTerminal { _ = tcsetattr(STDIN_FILENO, TCSADRAIN, &settings) }
            return status
        } catch {
            throw Failure(.command, "Cannot run \(title ?? Paths.name(path))", cause: error)
        }
    }
}
