import Configuration
import Support

/// `mkosi dependencies`: the packages that the tools tree of this machine's distribution would have.
enum DependenciesVerb: VerbCommand {
    static var description: VerbDescription {
        VerbDescription(
            "dependencies",
            .words,
            usage: "[-- OPTION…]",
            "List the packages needed on this host to build and run images"
        )
        .details(
            "Prints one package per line, with the names of the host's distribution, for its package manager to install. They "
                + "are the packages of a tools tree.",
            "Options after -- select more: --profile runtime adds the packages for running images."
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
        let include = ConfigurationRequest.OptionValue(
            option: "--include",
            setting: settingName(.include),
            text: "mkosi-tools"
        )
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
            "No installed plugin provides a tools tree for the host's distribution, \(name)",
            hint: "Select another one: mkosi dependencies -- --distribution NAME"
        )
    }
}
