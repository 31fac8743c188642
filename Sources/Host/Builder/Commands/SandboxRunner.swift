import Display
import Execution
import Glibc
import PluginWire
import Sandbox
import Support
import Tools

/// Runs commands of a build in its sandbox.
struct SandboxRunner: Sendable {
    var sandbox: BuildSandbox
    var environment: BuildEnvironment

    /// The most bytes of standard output that come back in an answer.
    private static let captureLimit = 8 << 20

    /// Runs a command; a status that is none of `run.success` is a failure with the tail of the output.
    func run(_ run: ABI.V1.Run, onLine: (String) -> Void = { _ in }) throws(Failure) -> ABI.V1.Ran {
        guard let program = run.arguments.first else {
            throw Failure(.plugin, "A command without a program was requested")
        }
        let plan: Plan
        do throws(ErrorObject) {
            plan = try sandbox.plan(for: run)
        } catch {
            throw Failure(.plugin, "\(program) cannot be run: \(error.message)")
        }
        let title = run.label ?? Paths.name(program)
        let result = try execute(
            plan,
            title: title,
            input: Array((run.input ?? "").utf8),
            captures: run.capture == true,
            onLine: onLine
        )
        guard (run.success ?? [0]).contains(result.status.code) else {
            if sandbox.tree != nil { try openShell(plan, of: title) }
            throw Failure(
                .command,
                "\(title) failed with \(result.status)",
                hint: environment.display.isDebug ? nil : "--debug shows every command and all of its output",
                excerpt: result.tail
            )
        }
        var answer = ABI.V1.Ran(status: result.status.code)
        if run.capture == true {
            answer.output = String(decoding: result.output, as: UTF8.self)
            if result.dropped > 0 { answer.dropped = result.dropped }
        }
        return answer
    }

    /// Runs a plan to its end, whatever its status.
    func execute(
        _ plan: Plan,
        title: String,
        input: [UInt8] = [],
        captures: Bool = false,
        showsOutput: Bool = false,
        sharesInput: Bool = false,
        onLine: (String) -> Void = { _ in }
    ) throws(Failure) -> Command.Result {
        let options = try Self.options(of: plan)
        var command = command(for: plan, options)
        command.input = input
        command.sharesInput = sharesInput
        if captures { command.captureLimit = Self.captureLimit }
        command.title = title
        return try command.run(cancellation: environment.cancellation) { line in
            if showsOutput { environment.display.scriptOutput(line) } else { environment.display.commandOutput(line) }
            onLine(line)
        }
    }

    /// Runs a plan on the user's terminal, which nothing else writes to meanwhile, and returns its status.
    @discardableResult
    func interact(_ plan: Plan) throws(Failure) -> Int {
        let options = try Self.options(of: plan)
        let command = command(for: plan, options)
        return try environment.display.suspended { () throws(Failure) in try command.runOnTerminal().code }
    }

    var shell: [String] {
        environment.tools.find("bash") == nil ? ["sh", "-i"] : ["bash", "-i"]
    }

    /// Opens a debug shell where a command has failed, if requested: in the image if it ran there.
    func openShell(_ plan: Plan, of title: String) throws(Failure) {
        guard environment.opensShell else { return }
        guard isatty(0) == 1 else {
            environment.display.log(.warning, "--debug-shell needs a terminal")
            return
        }
        var plan = plan
        plan.command = plan.root == nil ? shell : ["/bin/sh", "-i"]
        environment.display.log(.info, "Opening a shell in the sandbox of \(title); `exit` ends the build")
        try interact(plan)
    }

    /// The plan goes through a descriptor: every user of the host can see a command line, and
    /// has no room for much.
    private static func options(of plan: Plan) throws(Failure) -> Descriptor {
        do throws(SystemCallError) {
            return try Descriptor.inMemory(plan.encodedOptions.utf8, label: "mkosi-sandbox")
        } catch {
            throw Failure(.system, "Cannot pass the options to a sandbox", cause: error)
        }
    }

    private func command(for plan: Plan, _ options: borrowing Descriptor) -> Command {
        environment.display.log(.debug, "+ \(ShellQuoting.line(["mkosi-sandbox"] + plan.loggedArguments))")
        var command = Command(
            environment.installation.sandbox,
            ["--options-from-fd", "3", "--"] + plan.command,
            environment: ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "TERM=dumb"]
        )
        command.extraDescriptors = [options.number]
        return command
    }
}
