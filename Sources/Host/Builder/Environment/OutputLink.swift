import Glibc
import Support
import System

/// The link by which an output is found under its name without extension.
///
/// Among a project's own files that name may be taken: by a directory of sources, a program, a link to something else.
public enum OutputLink {
    /// Returns whether a path is such a link, to an output next to it.
    public static func exists(at path: String) -> Bool {
        guard let target = Paths.linkTarget(path) else { return false }
        return target.hasPrefix("\(Paths.name(path)).") && FileName(target) != nil
    }

    /// The path of the output that such a link leads to; any other path as it is.
    public static func output(at path: String) -> String {
        guard exists(at: path), let target = Paths.linkTarget(path) else { return path }
        return Paths.join(Paths.parent(path) ?? "/", target)
    }

    /// Returns true if the name is free for the link, or has one already.
    static func fits(at path: String) -> Bool { Files.kind(of: path) == nil || exists(at: path) }
}
