public import Execution
import Sandbox
public import Support
import System

/// A program that works on files of any owner of a build: it runs as root of a user namespace and sees the host's
/// files.
public enum NamespaceCommand {
    /// The command line: the sandbox, and what runs in it.
    static func words(_ command: [String]) -> [String] {
        var plan = Plan(command: command)
        plan.identity.becomesRoot = true
        plan.steps = [.bind(Plan.Bind(source: "/", target: "/"))]
        plan.suppression = .sync
        return plan.arguments
    }

    /// A command that messages call `title`.
    public static func make(_ words: [String], title: String, installation: Installation) -> Command {
        var command = Command(
            installation.sandbox,
            self.words(words),
            environment: ["PATH=\(SearchPath.distribution)"]
        )
        command.title = title
        return command
    }
}
