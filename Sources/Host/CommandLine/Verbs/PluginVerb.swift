import Configuration
import PluginHost
import Support

/// `mkosi plugin`: lists, shows, checks and makes plugins.
enum PluginVerb: VerbCommand {
    static var description: VerbDescription {
        VerbDescription("plugin", .raw, usage: PluginCommand.usage, "List, check and make plugins")
            .completes(.words(["list", "info", "check", "new"]))
    }

    static func run(_ context: CommandContext) throws(Failure) -> CInt {
        let directory = context.invocation.directory
        let project = directory == "" ? nil : Paths.absolute(directory ?? "", from: context.host.currentDirectory)
        let installation = Installation.current()
        let environment = context.host.environment
        let command = PluginCommand(
            searchPath: .standard(project: project, installation: installation) { environment[$0] },
            installation: installation,
            version: Version.product,
            currentDirectory: context.host.currentDirectory
        ) { text throws(Failure) in
            try context.output.write(text)
        }
        return try command.run(context.invocation.arguments)
    }
}
