import Configuration
import JSON
import PluginWire
import Support

/// `mkosi schema`: a JSON Schema of the configuration, for editors.
enum SchemaVerb: VerbCommand {
    static var description: VerbDescription {
        VerbDescription("schema", .none, "Print a JSON Schema of configuration files, for editors")
            .details(
                "The schema (draft 2020-12) describes a file as an object of sections, each an object of settings. "
                    + "Settings of installed plugins are included."
            )
            .example("mkosi schema > mkosi.schema.json")
            .withoutConfiguration()
    }

    static func run(_ context: CommandContext) throws(Failure) -> CInt {
        let schema = ConfigurationSchema(registry: context.registry, catalogue: context.facts)
        try context.output.write(schema.json.indentedText)
        return 0
    }
}
