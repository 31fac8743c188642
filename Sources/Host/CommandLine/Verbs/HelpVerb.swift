import Configuration
import Support

/// `mkosi help`: verbs and options, made from the tables; `mkosi help VERB` and `mkosi VERB --help`: one verb.
enum HelpVerb: VerbCommand {
    static var description: VerbDescription {
        VerbDescription("help", .words, usage: "[VERB]", "Show this help, or help for a verb")
            .completes(.verbs)
            .example("mkosi help lock")
            .withoutConfiguration()
            .dropIn()
    }

    static func run(_ context: CommandContext) throws(Failure) -> CInt {
        let help = HelpText(
            registry: context.registry,
            catalogue: context.facts,
            isColoured: context.output.isColoured,
            width: context.output.width
        )
        guard let name = verb(in: context.invocation) else {
            try context.output.page(help.text)
            return 0
        }
        guard let verb = VerbTable.descriptions.first(where: { $0.isCalled(name) }) else {
            let names = VerbTable.descriptions.map(\.name)
            throw Failure(
                .usage,
                "There is no verb \"\(name)\"",
                hint: Suggestion.hint(for: name, in: names) ?? "Verbs are \(names.joined(separator: ", "))"
            )
        }
        try context.output.write(help.text(of: verb))
        return 0
    }

    /// The requested verb; nil for general help.
    private static func verb(in invocation: Invocation) -> String? {
        if invocation.verb == "help" { return invocation.arguments.first }
        return invocation.hasVerb ? invocation.verb : nil
    }
}
