import Execution
import Glibc
public import Support
import System

/// Removal of outputs and caches, which may hold files of the other users of the build's namespace.
public enum TreeDisposal {
    /// Removes a file, or a directory with all that is in it; symbolic links are removed, never followed.
    public static func remove(_ path: String, installation: Installation) throws(Failure) {
        if Files.kind(of: path) == nil || remove(BytePath(path), in: AT_FDCWD) { return }
        // Files of the namespace's other users can only be removed in such a namespace.
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

    /// Removes what the caller may remove without a namespace, and returns whether that was all.
    private static func remove(_ name: BytePath, in directory: CInt) -> Bool {
        if unlinkat(directory, name.cString, 0) == 0 { return true }
        guard errno == EISDIR else { return errno == ENOENT }
        let number = openat(directory, name.cString, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        if number < 0 { return false }
        let opened = Descriptor(owning: number)
        guard let names = try? DirectoryReader.names(in: opened.number, name.string) else { return false }
        for inner in names where !remove(inner, in: opened.number) { return false }
        return unlinkat(directory, name.cString, AT_REMOVEDIR) == 0
    }
}
