import Builder
import ByteKeys
import Configuration
import Display
import Execution
import PluginHost
import SigningClient
import Support
import System

/// The surroundings of a verb.
struct CommandContext {
    var invocation: Invocation
    let registry: Registry
    /// The installed plugins, and what they say of distributions, formats and settings.
    let plugins: PluginCatalogue
    let facts: PluginFacts
    let host: HostFacts
    /// Standard error: messages and progress.
    let display: EventReporter
    let output: any CommandOutput
    /// True if warnings about the configuration are shown; not where they have been.
    private(set) var showsWarnings = true

    /// For reading the same configuration once more.
    var withoutWarnings: CommandContext {
        var context = self
        context.showsWarnings = false
        return context
    }

    /// Returns the environment for the parts of a build.
    ///
    /// Paths of these images lead where they lead now, whatever scripts change.
    func buildEnvironment(
        _ cancellation: Cancellation,
        _ timing: Timing = Timing(),
        pinning images: [ImageConfiguration] = []
    ) -> BuildEnvironment {
        var environment = BuildEnvironment(
            installation: .current(),
            display: display,
            cancellation: cancellation,
            timing: timing,
            jobs: JobBudget(invocation[SharedOptions.jobs] ?? JobBudget.processors)
        )
        environment.signer = signer
        environment.pins = PinnedPaths(
            images,
            given: plugins.plugins.reduce(into: []) { $0.formUnion($1.givenSettings) },
            others: paths(shownTo: images, environment.installation)
        )
        return environment
    }

    /// Makes signatures with the caller's variables, which configure OpenSSL and its modules.
    var signer: Signer {
        let variables = host.environment.filter { FileOwner.isOwn(variable: $0.key, $0.value) }
        return Signer(.current(), environment: variables.map { "\($0.key)=\($0.value)" }.sorted())
    }

    /// Returns the paths that sandboxes show although no setting names them, or that have a place of their own without
    /// one.
    private func paths(shownTo images: [ImageConfiguration], _ installation: Installation) -> [String] {
        var paths = [installation.library, installation.sandbox]
        // Scripts find the user's keys there.
        for name in ["HOME", "SSH_AUTH_SOCK"] {
            if let path = host.environment[name] { paths.append(path) }
        }
        for plugin in plugins.plugins { paths += plugin.directories }
        for image in images {
            for mirror in [image[.mirror], image[.localMirror]] {
                if let path = mirror?.dropping(prefix: "file://") { paths.append(path) }
            }
            paths.append(image.packageCacheDirectory(environment: host.environment))
            paths.append(image.workspaceDirectory(environment: host.environment))
            paths.append(image.lockDirectory(environment: host.environment))
            paths.append(LayerStoreLocation.path(for: image, variables: host.environment))
        }
        return paths
    }

    /// Reads the project's configuration and shows the warnings that it gives.
    ///
    /// With `--auto-bump` it is the configuration of the next version.
    func configuration() throws(Failure) -> LoadedConfiguration {
        var options = try settings()
        if invocation[SharedOptions.autoBump] == true {
            let current = try load(options).images.last?[.imageVersion]
            let next = try ImageVersionFile(directory: directory).next(after: current, host: host)
            options.append(.init(option: "--auto-bump", setting: settingName(.imageVersion), text: next))
        }
        let loaded = try load(options)
        if showsWarnings { for warning in loaded.warnings { show(warning) } }
        return loaded
    }

    /// The settings of the command line, or of the last build where its image is what the verb works with.
    private func settings() throws(Failure) -> [ConfigurationRequest.OptionValue] {
        guard invocation[SharedOptions.directory] != "", BuildHistory.isUsed(by: invocation),
            let history = try BuildHistory(directory: directory).read()
        else { return invocation.settings }
        return BuildHistory.merged(history, invocation.settings, registry) { option in
            display.log(
                .warning,
                "Ignoring \(option): History=yes reuses the options of the last build"
                    + "\n  hint: Build again with it, or use -f with this verb"
            )
        }
    }

    /// Keeps the options of a build that succeeded, or forgets those of an earlier one, as `History=` asks.
    func keepOptions(of main: ImageConfiguration) throws(Failure) {
        guard invocation[SharedOptions.directory] != "", !invocation[SharedOptions.rerunBuildScripts] else { return }
        let history = BuildHistory(directory: directory)
        if main.value(of: .history) == .bool(true) {
            try history.write(invocation.settings, registry)
        } else {
            history.remove()
        }
    }

    private func load(_ options: [ConfigurationRequest.OptionValue]) throws(Failure) -> LoadedConfiguration {
        var request = ConfigurationRequest(
            directory: invocation[SharedOptions.directory] == "" ? nil : directory,
            options: options
        )
        request.legacy = invocation.legacy
        if let profile = invocation.legacy.profile(in: directory) {
            request.legacy.file = nil
            request.options.append(.init(option: "--default", setting: settingName(.profiles), text: profile))
        }
        return try request.load(registry: registry, catalogue: facts, host: host)
    }

    /// The directory to work in, absolute and without links.
    var directory: String { Paths.entered(invocation[SharedOptions.directory] ?? "", from: host.currentDirectory) }

    /// One for each configuration that `--all` means, or this one.
    func selections() throws(Failure) -> [CommandContext] {
        guard invocation[SharedOptions.everything] else { return [self] }
        let names = try invocation.legacy.names(in: directory)
        guard !names.isEmpty else {
            throw Failure(.missing, "--all found no files or profiles in \(directory)")
        }
        var contexts: [CommandContext] = []
        for name in names {
            var context = self
            context.invocation[SharedOptions.everything] = false
            if let path = try invocation.legacy.path(named: name, in: directory) {
                context.invocation[SharedOptions.defaultFile] = path
            } else {
                context.invocation.settings.append(.init(option: "--all", setting: settingName(.profiles), text: name))
            }
            contexts.append(context)
        }
        return contexts
    }

    func show(_ warning: Configuration.Warning) {
        var lines = [warning.message] + warning.excerpt.map { "    \(printable($0))" }
        if let hint = warning.hint { lines.append("  hint: \(hint)") }
        display.log(.warning, lines.joined(separator: "\n"))
    }
}

/// Standard output, or its replacement in a test.
protocol CommandOutput: Sendable {
    func write(_ text: String) throws(Failure)
    /// True if headings may be bold.
    var isColoured: Bool { get }
    /// A Boolean value indicating whether it is a terminal.
    var isTerminal: Bool { get }
    /// Columns that a line may have.
    var width: Int { get }
    /// Writes a long text, through a pager on a terminal.
    func page(_ text: String) throws(Failure)
}

extension CommandOutput {
    var isTerminal: Bool { false }
    var width: Int { 100 }
    func page(_ text: String) throws(Failure) { try write(text) }

    /// A heading, bold where that is possible.
    func heading(_ text: String) -> String { isColoured ? "\u{1b}[1m\(text)\u{1b}[0m" : text }
}
