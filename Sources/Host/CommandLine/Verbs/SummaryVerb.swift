import Configuration
import Support

/// `mkosi summary`: shows what is configured, and builds nothing.
enum SummaryVerb: VerbCommand {
    static var description: VerbDescription {
        VerbDescription("summary", .none, "Show every setting of every image")
    }

    static func run(_ context: CommandContext) throws(Failure) -> CInt {
        let loaded = try context.configuration()
        if context.invocation.json {
            try context.output.write(loaded.json.indentedText)
        } else {
            let images = [loaded.tools].compactMap { $0 } + loaded.images
            try context.output.write(
                images.map { SummaryText(image: $0, isColoured: context.output.isColoured).text }
                    .joined(separator: "\n")
            )
        }
        return 0
    }
}
