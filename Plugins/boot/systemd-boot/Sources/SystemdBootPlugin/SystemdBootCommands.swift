import BootloaderKit
public import PluginKit

/// The commands of the program inside of the sandbox.
public enum SystemdBootCommands {
    /// The tools by name.
    public static let all: [String: PluginMain.Command] = [
        InstallCommand.name: InstallCommand.run, MeasureCommand.name: MeasureCommand.run,
        SignCommand.name: SignCommand.run,
    ]
}
