import Glibc
import Support
import System

/// The directory of the user who runs the program for data that can be made again.
///
/// That is a directory of their own, never one that several users have in common: what is found in it is used.
enum CacheHome {
    /// `$XDG_CACHE_HOME`, `$CACHE_DIRECTORY` (systemd.exec(5)), `.cache` in the home, or else a directory named by the
    /// user's id; nil for root without any of them.
    ///
    /// A directory that the environment names is ignored where it belongs to another user, as after `sudo -E`.
    static func own(_ environment: [String: String]) -> String? {
        let user = geteuid()
        for name in ["XDG_CACHE_HOME", "CACHE_DIRECTORY"] {
            guard let path = environment[name], path.hasPrefix("/") else { continue }
            if FileOwner.stranger(of: path) == nil { return path }
        }
        if let home = environment["HOME"], home.hasPrefix("/"), FileOwner.stranger(of: home) == nil,
            FileOwner.user(of: home).map({ $0 == user }) ?? true
        {
            return Paths.join(home, ".cache")
        }
        if user == 0 { return nil }
        if let home = accountHome(of: user), home.hasPrefix("/"), FileOwner.user(of: home) == user {
            return Paths.join(home, ".cache")
        }
        // `PrivateDirectory` creates it, for all users can write to /var/tmp.
        return "/var/tmp/mkosi-\(user)"
    }

    /// The same with the system's cache for root.
    static func path(_ environment: [String: String]) -> String { own(environment) ?? "/var/cache" }

    /// The home in the user database (passwd(5)).
    private static func accountHome(of user: uid_t) -> String? {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16384)
        guard getpwuid_r(user, &entry, &buffer, buffer.count, &found) == 0, found != nil else { return nil }
        return entry.pw_dir.map { String(cString: $0) }
    }
}
