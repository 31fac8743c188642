import Execution
import Glibc
public import Support
import System

/// Removal of outputs and caches, which may hold files of the other users of the build's namespace.
public enum TreeDisposal {
    /// Removes a file, or a directory with all that is in it; symbolic links are removed, never followed.
    public static func remove(_ path: String, installation: Installation) throws(Failure) {
        guard let kind = Files.kind(of: path) else { return }
        if kind != S_IFDIR, unlink(path) == 0 { return }
        let command = NamespaceCommand.make(
            ["rm", "-rf", "--", path],
            title: "removing \(path)",
            installation: installation
        )
        do throws(Failure) {
            try command.runChecked()
        } catch {
            throw Failure(
                .system,
                "Cannot remove \(path)",
                hint: "It may belong to another user, for example after a build as root",
                cause: error
            )
        }
    }
}
