import Glibc
import System

/// Whose files the variables of the environment lead to.
///
/// `sudo -E` and su(1) keep the variables of another user, who must not choose what root runs.
public enum FileOwner {
    /// The user whom a file or directory belongs to, links followed; nil where nothing is there.
    public static func user(of path: String) -> UInt32? {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_uid : nil
    }

    /// Another user than root and the one who runs the program, whom a path or a directory on the way to it belongs to.
    ///
    /// Such a user can put something else there at any moment, also where nothing is there yet.
    public static func stranger(of path: String) -> UInt32? {
        if let owner = user(of: path), isStranger(owner) { return owner }
        guard Paths.isAbsolute(path) else { return nil }
        // Where the path itself leads, and the directories with the links on the way.
        for start in [Paths.resolved(path), path].compactMap(\.self) {
            var next = Paths.parent(start)
            while let directory = next {
                // In a user namespace, directories of the system belong to users who are not known in it.
                if let owner = user(of: directory), isStranger(owner), owner != unmapped { return owner }
                next = Paths.parent(directory)
            }
        }
        return nil
    }

    private static func isStranger(_ user: UInt32) -> Bool { user != 0 && user != geteuid() }

    /// The owner of files whose owner has no number in this user namespace (user_namespaces(7)).
    private static let unmapped: UInt32 = 65534

    /// Variables that name a directory in which programs look for what they run: Python for packages, git for its
    /// configuration, p11-kit for modules; and the one for temporary files, which its owner could replace.
    private static let homes = [
        "HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR",
        "TMPDIR",
    ]

    /// Returns true unless a variable leads programs to the home of a stranger.
    ///
    /// Programs that run outside of the sandbox get only such variables.
    public static func isOwn(variable name: String, _ value: String) -> Bool {
        !homes.contains(name) || stranger(of: value) == nil
    }
}
