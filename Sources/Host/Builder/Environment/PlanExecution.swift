import Display
import Execution
import Sandbox
import Support
import System

/// Runs what a build wants to run in a sandbox: as `mkosi-sandbox`, or in tests as a value in memory.
protocol PlanExecution: Sendable {
    /// Runs a plan to its end, whatever its status; `onLine` sees every line of its output that is not captured.
    func run(
        _ plan: Plan,
        _ options: PlanOptions,
        in environment: BuildEnvironment,
        onLine: (String) -> Void
    ) throws(Failure) -> Command.Result

    /// Runs a plan on the user's terminal, which nothing else writes to meanwhile, and returns its status.
    func interact(_ plan: Plan, in environment: BuildEnvironment) throws(Failure) -> Int
}

/// The parameters of running a plan besides the plan.
struct PlanOptions: Sendable {
    /// The name of the command for users.
    var title: String
    /// Written to standard input.
    var input: [UInt8] = []
    /// The number of bytes of standard output that are kept; nil passes its lines on instead.
    var captureLimit: Int?
    /// True if the command has this process's standard input, in place of `input`.
    var sharesInput = false
}

/// Runs plans with the program of the installation.
struct SandboxProcess: PlanExecution {
    func run(
        _ plan: Plan,
        _ options: PlanOptions,
        in environment: BuildEnvironment,
        onLine: (String) -> Void
    ) throws(Failure) -> Command.Result {
        let descriptor = try Self.options(of: plan)
        var command = Self.command(for: plan, descriptor, environment)
        command.input = options.input
        command.sharesInput = options.sharesInput
        command.captureLimit = options.captureLimit
        command.title = options.title
        return try traced(command, environment) { command throws(Failure) in
            try command.run(cancellation: environment.cancellation, onLine: onLine)
        }
    }

    func interact(_ plan: Plan, in environment: BuildEnvironment) throws(Failure) -> Int {
        let descriptor = try Self.options(of: plan)
        let command = Self.command(for: plan, descriptor, environment)
        return try traced(command, environment) { command throws(Failure) in
            try environment.display.suspended { () throws(Failure) in try command.runOnTerminal().code }
        }
    }

    /// Runs a command, and then shows how its sandbox was made if `--debug-sandbox` asks for that.
    private func traced<Result>(
        _ command: Command,
        _ environment: BuildEnvironment,
        run: (Command) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        guard environment.tracesSandboxes else { return try run(command) }
        let trace = try SandboxTrace()
        var command = command
        command.title = command.title ?? Paths.name(command.path)
        trace.trace(&command)
        defer { for line in trace.lines { environment.display.scriptOutput(line) } }
        return try run(command)
    }

    /// Passes the plan through a descriptor: command lines are visible to every user of the host, and limited in size.
    private static func options(of plan: Plan) throws(Failure) -> Descriptor {
        do throws(SystemCallError) {
            return try Descriptor.inMemory(plan.encodedOptions.utf8, label: "mkosi-sandbox")
        } catch {
            throw Failure(.system, "Cannot pass the options to a sandbox", cause: error)
        }
    }

    private static func command(
        for plan: Plan,
        _ options: borrowing Descriptor,
        _ environment: BuildEnvironment
    ) -> Command {
        var command = Command(
            environment.installation.sandbox,
            ["--options-from-fd", "3", "--"] + plan.command,
            environment: ["PATH=\(SearchPath.distribution)", "TERM=dumb"]
        )
        command.extraDescriptors = [options.number]
        return command
    }
}
