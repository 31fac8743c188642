public import PluginKit

/// The commands of the program inside of the sandbox.
public enum UkiCommands {
    /// The tools by name.
    public static let all: [String: PluginMain.Command] = [
        UnifyCommand.name: UnifyCommand.run, SignedImageCommand.name: SignedImageCommand.run,
    ]
}
