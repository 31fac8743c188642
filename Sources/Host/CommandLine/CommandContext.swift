import Configuration
import Display
import PluginHost
import Support

/// What a verb works with.
struct CommandContext {
    let invocation: Invocation
    let registry: Registry
    /// The installed plugins, and what they say of distributions, formats and settings.
    let plugins: PluginCatalogue
    let facts: PluginFacts
    let host: HostFacts
    /// Standard error: messages and progress.
    let display: Display
    let output: any CommandOutput

    /// Reads the project's configuration and shows the warnings that it gives.
    func configuration() throws(Failure) -> LoadedConfiguration {
        let loaded = try ConfigurationRequest(
            directory: invocation.directory == "" ? nil : invocation.directory ?? host.currentDirectory,
            options: invocation.settings
        ).load(registry: registry, catalogue: facts, host: host)
        for warning in loaded.warnings { show(warning) }
        return loaded
    }

    private func show(_ warning: Configuration.Warning) {
        var lines = [warning.message] + warning.excerpt.map { "    \(printable($0))" }
        if let hint = warning.hint { lines.append("  hint: \(hint)") }
        display.log(.warning, lines.joined(separator: "\n"))
    }
}

/// Standard output, or what stands for it in a test.
protocol CommandOutput: Sendable {
    func write(_ text: String) throws(Failure)
    /// Whether headings may be bold.
    var isColoured: Bool { get }
}
