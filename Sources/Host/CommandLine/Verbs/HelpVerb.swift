import Support

/// `mkosi help`: verbs and options, made from the tables.
enum HelpVerb: VerbCommand {
    static var description: VerbDescription {
        VerbDescription("help", .none, "Show this help")
    }

    static func run(_ context: CommandContext) throws(Failure) -> CInt {
        let help = HelpText(
            registry: context.registry,
            catalogue: context.facts,
            isColoured: context.output.isColoured
        )
        try context.output.write(help.text)
        return 0
    }
}
