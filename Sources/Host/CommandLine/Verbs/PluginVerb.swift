import Configuration
import JSON
import PluginHost
import PluginWire
import Support
import System

/// `mkosi plugin`: lists, shows, checks and makes plugins.
enum PluginVerb: VerbCommand {
    static var description: VerbDescription {
        VerbDescription("plugin", .raw, usage: PluginCommand.usage, "List, check and make plugins")
            .completes(.words(["list", "info", "check", "new"]))
            .example("mkosi plugin list")
            .withoutConfiguration()
    }

    static func run(_ context: CommandContext) throws(Failure) -> CInt {
        let directory = context.invocation[SharedOptions.directory]
        let project = directory == "" ? nil : Paths.absolute(directory ?? "", from: context.host.currentDirectory)
        if context.invocation.arguments.first == "index" { return try index(context) }
        let installation = Installation.current()
        let environment = context.host.environment
        let command = PluginCommand(
            searchPath: .standard(project: project, installation: installation) { environment[$0] },
            installation: installation,
            version: Version.product,
            rules: .program,
            currentDirectory: context.host.currentDirectory
        ) { text throws(Failure) in
            try context.output.write(text)
        }
        return try command.run(context.invocation.arguments)
    }

    /// Prints what plugins provide, for an installation that knows them where they are not installed.
    private static func index(_ context: CommandContext) throws(Failure) -> CInt {
        let directories = context.invocation.arguments.dropFirst().map {
            Paths.absolute($0, from: context.host.currentDirectory)
        }
        guard !directories.isEmpty else {
            throw Failure(.usage, "mkosi plugin index needs the directories of plugins")
        }
        let catalogue = PluginCatalogue(PluginSearchPath(directories: directories), rules: .program)
        if let problem = catalogue.problems.first { throw problem }
        let facts = PluginFacts(manifests: catalogue.plugins.map(\.manifest))
        try context.output.write(facts.knownPluginsList.indentedText)
        return 0
    }
}
