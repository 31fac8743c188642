/// Directories in which programs are looked for by name, separated by colons.
public enum SearchPath {
    /// The directories of a whole system, as systemd compiles them in: for the sandbox, trees and scripts.
    public static let standard = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    /// The directories of the distribution: for the helpers that mkosi starts itself.
    public static let distribution = "/usr/sbin:/usr/bin:/sbin:/bin"
}
