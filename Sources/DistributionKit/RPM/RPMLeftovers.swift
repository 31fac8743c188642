import CFiles
import Glibc

/// The files that programs leave in a tree, which is the root directory now, and that only describe the build.
public enum RPMLeftovers {
    /// Logs, histories and caches that programs of the family leave behind, and make again.
    public static func remove() {
        for directory in ["/var/log", "/var/log/zypp"] {
            for name in SystemFile.names(in: directory) where logs.contains(where: name.hasPrefix) {
                unlink("\(directory)/\(name)")
            }
        }
        for directory in ["/var/lib/dnf", "/usr/lib/sysimage/libdnf5", "/var/cache/ldconfig"] {
            for name in SystemFile.names(in: directory) where histories.contains(where: name.hasPrefix) {
                unlink("\(directory)/\(name)")
            }
        }
    }

    private static let logs = ["dnf.", "dnf5.", "hawkey.log", "zypper.log", "history"]
    private static let histories = ["history.sqlite", "transaction_history.sqlite", "aux-cache", "last_makecache"]
}
