import ByteKeys
import Configuration
import JSON
import PluginWire
import Support

/// `mkosi summary`: shows what is configured, and builds nothing.
enum SummaryVerb: VerbCommand {
    static var description: VerbDescription {
        VerbDescription("summary", .none, "Show every setting of every image")
            .details(
                "Lists the settings by section, each with its value: lists with one element per line, \"none\" if empty. "
                    + "On a terminal, defaults are dimmed. With --json it is a JSON object: Images has "
                    + "every image in build order, the main image last, and Tools the default tools tree."
            )
            .example("mkosi --profile server summary --json")
            .option(SharedOptions.autoBump.help("Show the configuration of the next version"))
            .option(SharedOptions.json.help("Print the summary as JSON"))
            .dropIn()
    }

    static func run(_ context: CommandContext) throws(Failure) -> CInt {
        var all: [LoadedConfiguration] = []
        for context in try context.selections() { all.append(try context.configuration()) }
        if context.invocation[SharedOptions.json] {
            try context.output.write(json(all).indentedText)
        } else {
            let images = all.flatMap { [$0.tools].compactMap { $0 } + $0.images }
            try context.output.page(
                images.map { SummaryText(image: $0, isColoured: context.output.isColoured).text }
                    .joined(separator: "\n")
            )
        }
        return 0
    }

    /// Several configurations in the shape of one: the images of all.
    private static func json(_ all: [LoadedConfiguration]) -> JSON {
        guard all.count > 1, case .object(var whole) = all[0].json else { return all.first?.json ?? .null }
        var images: [JSON] = []
        for loaded in all {
            if case .object(let members) = loaded.json, case .array(let own) = members["Images"] { images += own }
        }
        whole["Images"] = .array(images)
        return .object(whole)
    }
}
