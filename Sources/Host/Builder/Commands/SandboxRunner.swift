import Display
import Execution
import Glibc
import PluginWire
import Sandbox
import Support
import System
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
        var run = run
        // What is checked is what will be mounted.
        run.mounts = run.mounts?.map { mount in
            var mount = mount
            // Those of the tree and of the build's own directories are recognised by their paths.
            if mount.kind == "bind", let source = mount.source, !sandbox.isBuilds(source) {
                mount.source = environment.pins.place(of: source)
            }
            return mount
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
        let plan = environment.pins.applied(to: plan)
        log(plan)
        let options = PlanOptions(
            title: title,
            input: input,
            captureLimit: captures ? Self.captureLimit : nil,
            sharesInput: sharesInput
        )
        return try environment.sandboxes.run(plan, options, in: environment) { line in
            if showsOutput { environment.display.scriptOutput(line) } else { environment.display.commandOutput(line) }
            onLine(line)
        }
    }

    /// Runs a plan on the user's terminal, which nothing else writes to meanwhile, and returns its status.
    @discardableResult
    func interact(_ plan: Plan) throws(Failure) -> Int {
        let plan = environment.pins.applied(to: plan)
        log(plan)
        return try environment.sandboxes.interact(plan, in: environment)
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

    private func log(_ plan: Plan) {
        environment.display.log(.debug, "+ \(ShellQuoting.line(["mkosi-sandbox"] + plan.loggedArguments))")
    }
}
