import CFiles
import Glibc
public import PluginWire

/// Takes this process into a tree and, where that is wanted, back out again.
///
/// Inside, an absolute link of the tree leads to the tree's own files; from outside it would lead to the machine's.
public enum TreeEntry {
    /// Makes the tree the root directory for good.
    public static func enter(_ root: String) throws(ErrorObject) {
        guard chroot(root) == 0, chdir("/") == 0 else { throw SystemFile.failure("enter", root) }
    }

    /// Calls `body` with the tree as the root directory, and then returns to where the process was.
    ///
    /// Nothing of the tree may be run meanwhile, and the process must have one thread: the root is that of all.
    public static func visit<Result>(_ root: String, _ body: () throws(ErrorObject) -> Result) throws(ErrorObject)
        -> Result
    {
        let outside = mkosi_file_open("/", O_RDONLY | O_DIRECTORY, 0)
        let place = mkosi_file_open(".", O_RDONLY | O_DIRECTORY, 0)
        guard outside >= 0, place >= 0 else { throw SystemFile.failure("open", "/") }
        defer {
            close(outside)
            close(place)
        }
        try enter(root)
        func comeBack() -> Bool { fchdir(outside) == 0 && chroot(".") == 0 && fchdir(place) == 0 }
        let result: Result
        do throws(ErrorObject) {
            result = try body()
        } catch {
            guard comeBack() else { throw SystemFile.failure("leave", root) }
            throw error
        }
        guard comeBack() else { throw SystemFile.failure("leave", root) }
        return result
    }

    /// Returns the host's path of a path in a tree, all of its links followed inside; nil when nothing is there.
    public static func place(of path: String, in root: String) throws(ErrorObject) -> String? {
        try visit(root) { () throws(ErrorObject) -> String? in
            guard let resolved = realpath(path, nil) else { return nil }
            defer { free(resolved) }
            return root + String(cString: resolved)
        }
    }
}
