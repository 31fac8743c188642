import ByteKeys
import Configuration
import Display
import Execution
import PluginWire
import Sandbox
import Support
import System
import Tools

/// Runs the project's own programs, each in a sandbox that has what its kind may see.
struct ScriptRunner: Sendable {
    var settings: SettingsView<ScriptSettings>
    var runner: SandboxRunner
    var environment: ScriptEnvironment
    var sources: ScriptSources
    /// Directories of the workspace that scripts see, by their place.
    var directories: Directories
    /// The words after `--` on the command line: the arguments of build scripts.
    var arguments: [String] = []
    /// Variables of the host, for programs that bring sources up to date with the user's own keys.
    var hostVariables: [String: String] = [:]
    /// Additional directories that commands of the distribution read or write.
    var packageDirectories: [Plan.Step] = []

    /// Directories that are the same for all scripts of an image.
    struct Directories: Sendable {
        var helpers: String
        var destination: String
        var output: String
        var packages: String
        var artifacts: String
        /// The file with the image's configuration.
        var configuration: String
        var build: String?
        /// The directory of locks between builds.
        var locks: String
    }

    /// Runs all scripts of a kind in their order; `round` distinguishes several runs of one kind.
    func run(_ kind: ScriptKind, arguments: [String] = [], round: String? = nil) throws(Failure) {
        let scripts = settings[dynamicMember: kind.input]
        if scripts.isEmpty { return }
        let claims = try claimDirectories(for: kind)
        defer { withExtendedLifetime(claims) {} }
        let sourceSteps = try sources.steps(for: kind, round: round ?? kind.rawValue, runner: runner)
        for script in scripts {
            try runner.environment.cancellation.check()
            try ScriptFiles.check(
                script,
                kind,
                origin: settings.origin(of: kind.input),
                makesExecutable: settings.makeScriptsExecutable
            )
            try run(script, kind, sourceSteps, arguments, round: round ?? kind.rawValue)
        }
    }

    private func run(
        _ script: String,
        _ kind: ScriptKind,
        _ sourceSteps: [Plan.Step],
        _ arguments: [String],
        round: String
    ) throws(Failure) {
        let name = Paths.name(script)
        let place = "\(SandboxPaths.scripts)/\(name)"
        let isAlwaysInside = kind.wasInTree && settings.scriptsInImage
        let entersTree = kind.hasTree && (isAlwaysInside || name.hasSuffix(".chroot"))
        let words = (entersTree ? ["mkosi-chroot"] : []) + [place] + arguments
        var plan = try plan(for: kind, sourceSteps, command: words)
        plan.steps.append(.readOnly(script, at: place))
        let variables = programVariables(kind).merging(environment.variables(for: kind, script: place)) { $1 }
        plan.environment = variables.sorted().map { .set(name: $0.key, value: $0.value) }
        let conditions = runner.environment.conditions
        if let variation = conditions.variation { plan = variation.applied(to: plan) }
        let result = try runner.execute(plan, title: "the script \(name)", showsOutput: true, sharesInput: true)
        if result.status.code == 0 {
            try conditions.observer?.scriptEnded(script, kind, self, step: round)
            return
        }
        try runner.openShell(plan, of: "the script")
        let isDebug = runner.environment.display.isDebug
        throw Failure(
            .command,
            "The script \(script) failed with \(result.status)",
            hint: isDebug ? nil : "--debug-shell opens a shell where a script has failed; --debug shows every command",
            excerpt: result.tail
        )
    }

    /// The sandbox of a kind of scripts: the machine's programs, and below `/work` what belongs to the build.
    private func plan(
        for kind: ScriptKind,
        _ sourceSteps: [Plan.Step],
        command: [String]
    ) throws(Failure) -> Plan {
        let sandbox = runner.sandbox
        var plan = BuildSandbox.basicPlan(command)
        plan.workingDirectory = .path(SandboxPaths.sources)
        let hasNetwork = kind.alwaysHasNetwork || settings.withNetwork
        if !hasNetwork { plan.network = .isolated }
        plan.steps = sandbox.hostSteps()
        if kind == .sync { plan.steps += homeSteps }
        if hasNetwork { plan.steps.append(.resolver(target: "/etc/resolv.conf")) }
        plan.steps += sandbox.configurationSteps()
        plan.steps += [
            .readOnly(directories.helpers, at: SandboxPaths.helpers),
            .readOnly(sandbox.installation.sandbox, at: SandboxPaths.sandbox),
            .readOnly(directories.configuration, at: SandboxPaths.configuration),
        ]
        for path in settings.extraSearchPaths {
            if let refusal = sandbox.named.refusal(of: path) {
                let setting = settingName(.extraSearchPaths)
                throw Failure(.configuration, "\(setting)=\(path) cannot be used: \(refusal)")
            }
            plan.steps += sandbox.named.readable(path, at: path)
        }
        plan.steps += sourceSteps
        if kind.hasTree {
            plan.steps += packageDirectories
            plan.steps += [
                .writable(directories.packages, at: SandboxPaths.packages),
                .writable(directories.artifacts, at: SandboxPaths.artifacts),
            ]
            if let tree = sandbox.tree { plan.steps.append(tree.step(at: SandboxPaths.root)) }
        }
        if kind == .build { plan.steps.append(.writable(directories.destination, at: SandboxPaths.destination)) }
        if ScriptVariable.BUILDDIR.kinds.contains(kind), let build = directories.build {
            plan.steps.append(.writable(build, at: SandboxPaths.build))
        }
        if ScriptVariable.OUTPUTDIR.kinds.contains(kind) {
            plan.steps.append(.writable(directories.output, at: SandboxPaths.output))
        }
        return plan
    }

    /// The user's own keys and configuration, which programs that fetch sources need; nothing of it can be changed.
    private var homeSteps: [Plan.Step] {
        var steps: [Plan.Step] = []
        if let home = hostVariables["HOME"], home.hasPrefix("/"), home != "/" {
            steps.append(runner.sandbox.optional(home))
        }
        if let socket = hostVariables["SSH_AUTH_SOCK"], socket.hasPrefix("/") {
            steps.append(.bind(Plan.Bind(source: socket, target: socket, isOptional: true)))
        }
        return steps
    }

    /// Returns the variables that every program has in its environment, whatever the table of variables says.
    private func programVariables(_ kind: ScriptKind) -> ByteDictionary<String> {
        let paths = [SandboxPaths.helpers] + settings.extraSearchPaths + [SearchPath.standard]
        var variables: ByteDictionary = [
            "PATH": paths.joined(separator: ":"), "HOME": "/root", "LANG": "C.UTF-8", "TMPDIR": "/var/tmp",
            "TERM": hostVariables["TERM"] ?? "dumb",
        ]
        for name in ["http_proxy", "https_proxy", "no_proxy"] { variables[name] = runner.sandbox.variables[name] }
        if kind == .sync {
            for name in ["HOME", "SSH_AUTH_SOCK"] {
                if let value = hostVariables[name] { variables[name] = value }
            }
        }
        return variables
    }

    /// Runs a command, or else a shell, where scripts of a kind would run; returns its status.
    func runShell(for kind: ScriptKind, _ command: [String]) throws(Failure) -> Int {
        let sourceSteps = try sources.steps(for: kind, round: "shell", runner: runner)
        var plan = try plan(for: kind, sourceSteps, command: command.isEmpty ? runner.shell : command)
        let variables = programVariables(kind).merging(environment.variables(for: kind, script: "")) { $1 }
        plan.environment = variables.sorted().map { .set(name: $0.key, value: $0.value) }
        return try runner.interact(plan)
    }
}
