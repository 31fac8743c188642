import Glibc
public import PluginWire

/// Directories of a new tree that are mounted over while packages are installed, with the modes that they have later.
///
/// A package that has them finds them there, and does not change them.
public enum MountPoints {
    private static let all: [(path: String, mode: mode_t)] = [
        ("/dev", 0o755), ("/proc", 0o555), ("/run", 0o755), ("/sys", 0o555), ("/tmp", 0o1777),
    ]

    /// Makes those that the tree lacks, from inside of it.
    public static func make(in root: String) throws(ErrorObject) {
        umask(0)
        try TreeEntry.visit(root) { () throws(ErrorObject) in
            for (path, mode) in all where !SystemFile.exists(path) {
                guard mkdir(path, mode) == 0 else { throw SystemFile.failure("make the directory", path) }
            }
        }
    }
}
