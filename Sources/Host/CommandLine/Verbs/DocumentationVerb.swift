import Configuration
import Support

/// `mkosi documentation`: shows a manual of this installation.
enum DocumentationVerb: VerbCommand {
    static var description: VerbDescription {
        VerbDescription("documentation", .words, usage: "[MANUAL]", "Show a manual; by default that of mkosi")
            .details(
                "Manuals are mkosi, sandbox, events, news and plugin; their full names work too.",
                "--doc-format selects how: man, pandoc, markdown, system, or auto for the first of them that works."
            )
            .completes(.manuals)
            .example("mkosi documentation sandbox")
            .withoutConfiguration()
            .option(format)
            .dropIn()
    }

    static let format = CommandOption<String?>.choice(
        "--doc-format",
        "FORMAT",
        Documentation.Format.allCases.map(\.rawValue),
        "How to show the manual"
    ).dropIn()

    static func run(_ context: CommandContext) throws(Failure) -> CInt {
        let arguments = context.invocation.arguments
        guard arguments.count <= 1 else {
            throw Failure(.usage, "mkosi documentation shows one manual, not \(arguments.count)")
        }
        let documentation = Documentation(
            installation: .current(),
            environment: context.host.environment,
            packages: context.host.packages,
            output: context.output
        )
        let format = context.invocation[format].flatMap(Documentation.Format.init) ?? .auto
        let manual = try documentation.manual(arguments.first ?? "mkosi")
        try documentation.show(manual, as: format)
        return 0
    }
}
