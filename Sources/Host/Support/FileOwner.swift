import Glibc

/// Whose files the variables of the environment lead to.
///
/// `sudo -E` and su(1) keep the variables of another user, who must not choose what root runs.
public enum FileOwner {
    /// The user whom a file or directory belongs to, links followed; nil where nothing is there.
    public static func user(of path: String) -> UInt32? {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_uid : nil
    }

    /// The same, if that is neither the user who runs the program nor root.
    public static func stranger(of path: String) -> UInt32? {
        user(of: path).flatMap { [geteuid(), 0].contains($0) ? nil : $0 }
    }

    /// Variables that name a directory in which programs look for what they run: Python for packages, git for its
    /// configuration, p11-kit for modules.
    private static let homes = [
        "HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR",
    ]

    /// Returns true unless a variable leads programs to the home of a stranger.
    ///
    /// Programs that run outside of the sandbox get only such variables.
    public static func isOwn(variable name: String, _ value: String) -> Bool {
        !homes.contains(name) || stranger(of: value) == nil
    }
}
