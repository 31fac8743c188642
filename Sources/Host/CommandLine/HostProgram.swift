import Configuration
import Display
import Execution
import Glibc
import PluginHost
import Support
import System
import Tools

/// The `mkosi` program: reads its command line, runs the verb, and says what failed.
public enum HostProgram {
    /// Runs a command line without the program's name and returns the exit status.
    public static func run(_ arguments: [String]) -> CInt {
        signal(SIGPIPE, SIG_IGN)
        DescriptorLimit.raise()
        // Before a build sets one of its own, and before there are threads.
        CallerMask.keep()
        let early = EarlyOptions(arguments)
        let reporter: EventReporter
        do throws(Failure) {
            reporter = try .standard(early.progress, descriptor: early.descriptor, isDebug: early.isDebug)
        } catch {
            Display.onStandardError(isPlain: true).consume(BuildEvent(.failure(error)))
            return exitStatus(of: error)
        }
        let host = HostFacts.current(
            readOutput: { try Self.output(of: $0, reporter: reporter) },
            systemdVersion: systemdVersion
        )
        let installation = Installation.current()
        let known = { KnownPlugins(path: installation.knownPlugins) }
        let output = StandardOutput(environment: host.environment)
        let status = run(arguments, host: host, output: output, display: reporter, known: known) { project in
            .standard(project: project, installation: installation)
        }
        reporter.finish(status: Int(status))
        return status
    }

    static func run(
        _ arguments: [String],
        host: HostFacts,
        output: some CommandOutput,
        display: EventReporter,
        known: () -> KnownPlugins = { .none },
        searchPath: (_ project: String) -> PluginSearchPath
    ) -> CInt {
        run(arguments, host: host, output: output, display: display, known: known) {
            PluginCatalogue(searchPath($0), rules: .program)
        }
    }

    static func run(
        _ arguments: [String],
        host: HostFacts,
        output: some CommandOutput,
        display: EventReporter,
        known: () -> KnownPlugins = { .none },
        catalogue: (_ project: String) -> PluginCatalogue
    ) -> CInt {
        do throws(Failure) {
            return try runChecked(
                arguments,
                host: host,
                output: PrintableOutput(output),
                display: display,
                known: known,
                catalogue
            )
        } catch {
            display.report(error)
            return exitStatus(of: error)
        }
    }

    /// As everywhere: 2 for a command line that makes no sense, 1 for everything else.
    private static func exitStatus(of error: Failure) -> CInt { error.code == .usage ? 2 : 1 }

    private static func runChecked(
        _ arguments: [String],
        host: HostFacts,
        output: some CommandOutput,
        display: EventReporter,
        known: () -> KnownPlugins,
        _ catalogue: (_ project: String) -> PluginCatalogue
    ) throws(Failure) -> CInt {
        if arguments == ["--version"] {
            try output.write(versionText)
            return 0
        }
        let directory = projectDirectory(arguments, host.currentDirectory)
        let plugins = catalogue(directory)
        var facts = PluginFacts(
            plugins: plugins.plugins.map { PluginFacts.Plugin(manifest: $0.manifest, directory: $0.directory) }
        )
        facts.known = known()
        let registry = Registry(catalogue: facts)
        let legacy = LegacyOptions(
            registry: registry,
            catalogue: facts,
            directory: directory,
            isFirst: LegacyOptions.concern(
                ArgumentParser.ownWords(of: arguments),
                directory: directory,
                catalogue: facts
            )
        )
        let invocation = try ArgumentParser.parse(arguments, registry: registry, legacy: legacy, known: facts.known)
        if let wanted = invocation[SharedOptions.directory], !wanted.isEmpty, !Files.isDirectory(directory) {
            throw Failure(.missing, "There is no directory \(wanted)")
        }
        var host = host
        host.packages = plugins.programPackages(osRelease: host.osRelease.id)
        let context = CommandContext(
            invocation: invocation,
            registry: registry,
            plugins: plugins,
            facts: facts,
            host: host,
            display: display,
            output: output
        )
        if invocation[SharedOptions.version] {
            try output.write(versionText)
            return 0
        }
        for warning in invocation.warnings { display.log(.warning, warning) }
        if invocation[SharedOptions.help] { return try HelpVerb.run(context) }
        guard let verb = VerbTable.named(invocation.verb) else {
            throw Failure(.usage, "There is no verb \"\(invocation.verb)\"", hint: "See mkosi --help")
        }
        // What a broken plugin would provide comes from another one, or is missing: that is no surprise then.
        if verb != PluginVerb.self { for problem in plugins.problems { display.log(.warning, problem.message) } }
        // A summary of several is one summary; everything else is done for one after the other.
        guard invocation[SharedOptions.everything], verb != SummaryVerb.self, verb != MigrateVerb.self else {
            return try verb.run(context)
        }
        for context in try context.selections() {
            let status = try verb.run(context)
            if status != 0 { return status }
        }
        return 0
    }

    /// The output of `--version`: scripts read the first number, which is the generation of the configuration language.
    static let versionText = "mkosi \(Version.configuration) (mkosi in Swift \(Version.product))\n"

    /// The directory that `-C` names, found before options are understood: plugins of the project add options.
    static func projectDirectory(_ arguments: [String], _ current: String) -> String {
        var directory: String?
        var words = ArgumentParser.ownWords(of: arguments)
        while let word = words.popFirst() {
            if word == "-C" || word == "--directory" {
                directory = words.popFirst()
            } else if word.hasPrefix("--directory=") {
                directory = String(word.dropFirst(12))
            } else if word.hasPrefix("-C") {
                directory = String(word.dropFirst(word.hasPrefix("-C=") ? 3 : 2))
            }
        }
        return Paths.entered(directory ?? "", from: current)
    }

    /// The output of a program in place of a text file; it runs in its own directory.
    ///
    /// What it writes to standard error is shown, such as a password that it made up.
    static func output(
        of program: String,
        reporter: EventReporter,
        timeLimit: Duration = .seconds(60)
    ) throws -> String {
        var command = Command(program, [], environment: inheritedEnvironment())
        command.workingDirectory = Paths.parent(program) ?? "/"
        command.title = program
        command.captureLimit = 1 << 20
        command.endsAtCaptureLimit = true
        command.timeLimit = timeLimit
        let bytes = try command.runChecked { reporter.log(.info, $0) }.output
        guard !bytes.contains(0), let text = String(validating: bytes, as: UTF8.self) else {
            throw Failure(.configuration, "\(program) printed text that is not valid UTF-8")
        }
        return text
    }

    private static func systemdVersion() -> String? {
        guard let program = Tools().find("systemctl") else { return nil }
        var command = Command(program, ["--version"], environment: inheritedEnvironment())
        command.captureLimit = 1 << 16
        command.endsAtCaptureLimit = true
        command.timeLimit = .seconds(10)
        guard let result = try? command.runChecked() else { return nil }
        // The first line is "systemd 259 (259-1)".
        let words = String(decoding: result.output, as: UTF8.self).split(whereSeparator: \.isWhitespace)
        return words.count > 1 ? String(words[1]) : nil
    }

    private static func inheritedEnvironment() -> [String] {
        var entries: [String] = []
        var next = environ
        while let entry = next.pointee {
            let text = String(cString: entry)
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count < 2 || FileOwner.isOwn(variable: String(parts[0]), String(parts[1])) { entries.append(text) }
            next += 1
        }
        return entries
    }
}
