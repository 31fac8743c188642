import BootloaderKit
public import PluginKit

/// The commands of the program inside of the sandbox.
public enum GrubCommands {
    /// The tools by name.
    public static let all: [String: PluginMain.Command] = [
        BootCodeCommand.name: BootCodeCommand.run, InstallCommand.name: InstallCommand.run,
        SignCommand.name: SignCommand.run,
    ]
}
