import Configuration
import Support

/// `mkosi dependencies`: the packages that the tools tree of this machine's distribution would have.
enum DependenciesVerb: VerbCommand {
    static var description: VerbDescription {
        VerbDescription(
            "dependencies",
            .words,
            usage: "[-- OPTION…]",
            "List the packages that building and running images needs here"
        )
        .details(
            "One package a line, by the names of this machine's distribution, for its package manager to install. They "
                + "are those that a tools tree would have.",
            "Options after -- choose more: with --profile runtime the list has what running images needs as well."
        )
        .example("mkosi dependencies -- --profile runtime")
        .withoutConfiguration()
        .dropIn()
    }

    static func run(_ context: CommandContext) throws(Failure) -> CInt {
        let extra = try ArgumentParser.parse(context.invocation.arguments, registry: context.registry)
        guard extra.arguments.isEmpty else {
            throw Failure(.usage, "mkosi dependencies takes options after --, not \"\(extra.arguments[0])\"")
        }
        let include = ConfigurationRequest.OptionValue(option: "--include", setting: "Include", text: "mkosi-tools")
        guard !context.facts.includes(named: "mkosi-tools").isEmpty else { throw unknown(context) }
        let loaded = try ConfigurationRequest(directory: nil, options: [include] + extra.settings)
            .load(registry: context.registry, catalogue: context.facts, host: context.host)
        for warning in loaded.warnings { context.show(warning) }
        let packages = loaded.images.last?[.packages].uniqued() ?? []
        guard !packages.isEmpty else {
            throw unknown(context)
        }
        try context.output.write(packages.map { "\($0)\n" }.joined())
        return 0
    }

    private static func unknown(_ context: CommandContext) -> Failure {
        let name = context.host.osRelease.id.isEmpty ? "whose name is unknown" : context.host.osRelease.id
        return Failure(
            .missing,
            "No installed plugin knows a tools tree for this machine's distribution, \(name)",
            hint: "Choose another one: mkosi dependencies -- --distribution NAME"
        )
    }
}
