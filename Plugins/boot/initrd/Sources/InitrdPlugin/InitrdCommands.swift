public import PluginKit

/// The commands of the program inside of the sandbox.
public enum InitrdCommands {
    /// The tools by name.
    public static let all: [String: PluginMain.Command] = [
        MicrocodeCommand.name: MicrocodeCommand.run,
        ModulesCommand.name: ModulesCommand.run,
        InitrdCommand.name: InitrdCommand.run,
    ]
}
