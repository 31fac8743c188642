public import Execution
public import Support

/// A program that works on files of any owner of a build: it runs as root of a user namespace and sees the host's
/// files.
public enum NamespaceCommand {
    /// The command line: the sandbox, and what runs in it.
    static func words(_ command: [String]) -> [String] {
        ["--become-root", "--bind", "/", "/", "--suppress-sync", "--"] + command
    }

    /// A command that messages call `title`.
    public static func make(_ words: [String], title: String, installation: Installation) -> Command {
        var command = Command(
            installation.sandbox,
            self.words(words),
            environment: ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"]
        )
        command.title = title
        return command
    }
}
