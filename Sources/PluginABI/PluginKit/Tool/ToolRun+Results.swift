import Glibc
public import PluginWire
import System

extension ToolRun {
    /// Refuses what a tool has left if it is a link, or in one.
    ///
    /// This program is outside of the sandbox, and would follow it to files of the user; programs that a tool runs may be
    /// those of a tree that came with the project.
    ///
    /// - Parameter path: A file in a directory of the workspace.
    /// - Throws: `commandFailed` if it is not a regular file in a directory.
    public static func checkFile(_ path: String) throws(ErrorObject) {
        if Files.kind(of: path) == S_IFREG, Paths.parent(path).flatMap({ Files.kind(of: $0) }) == S_IFDIR { return }
        throw ErrorObject(code: .commandFailed, message: "a command has not left a file at \(path)", subject: path)
    }

    /// Returns true if a path that a tool has reported is one of these directories, or in one, by its text alone.
    public static func isBelow(_ path: String, _ directories: [String]) -> Bool {
        let isClean = !Paths.components(path).contains { $0.utf8.elementsEqual("..".utf8) }
        return isClean && directories.contains { path.utf8.elementsEqual($0.utf8) || Paths.isBelow(path, $0) }
    }
}
