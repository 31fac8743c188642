import Support
import System

/// Directories whose content no build may replace: the home of the user and what is hidden in it, and those of the system.
struct SensitivePlaces {
    /// The project's directory, without links.
    let project: String
    private let home: String?

    init(project: String, variables: [String: String]) {
        self.project = project
        // Some containers have `/` as the home, which makes nothing in it the user's own.
        home = variables["HOME"].flatMap { $0.hasPrefix("/") && $0 != "/" ? ForeignDirectory.resolved($0) : nil }
    }

    private static let system = [
        "/bin", "/boot", "/dev", "/efi", "/etc", "/lib", "/lib64", "/proc", "/root", "/run", "/sbin", "/sys", "/usr",
        "/var/lib/apk", "/var/lib/confexts", "/var/lib/dpkg", "/var/lib/extensions", "/var/lib/pacman", "/var/lib/rpm",
        "/var/lib/systemd", "/var/spool",
    ]
    /// Directories in these that users fill themselves.
    private static let shared = ["/usr/local", "/usr/src", "/run/user"]
    /// Those among them from which programs are started.
    private static let searched = ["bin", "etc", "games", "lib", "libexec", "sbin"].map { "/usr/local/\($0)" }
    /// Directories that only have directories of others in them.
    private static let parents = ["/", "/home", "/var"]

    /// Tells whether a directory, given without links, is one of them.
    func contain(_ place: String) -> Bool {
        if isParent(place) { return true }
        if let hidden = hidden(place) { return !Paths.isBelow(project, hidden) }
        if let home, Paths.isBelow(place, home) { return false }
        if Self.searched.contains(where: { place == $0 || Paths.isBelow(place, $0) }) { return true }
        if Self.shared.contains(where: { Paths.isBelow(place, $0) }) { return false }
        return Self.system.contains { place == $0 || Paths.isBelow(place, $0) }
    }

    /// Tells whether programs may run or obey what gets a new name in a directory, given without links.
    ///
    /// In the home itself that is what is hidden, and what `$PATH` names; in all other places it is everything.
    func obey(_ name: String, in place: String) -> Bool {
        isParent(place) ? name.hasPrefix(".") || name == "bin" : contain(place)
    }

    private func isParent(_ place: String) -> Bool {
        Self.parents.contains(place) || home.map { place == $0 || Paths.isBelow($0, place) } ?? false
    }

    /// The directory in the home, hidden or in `$PATH`, that a place is or is in; the cache is none.
    ///
    /// As root, the homes of all users are looked at.
    private func hidden(_ place: String) -> String? {
        let homes = [home, Self.otherHome(place)].compactMap(\.self)
        for home in homes where Paths.isBelow(place, home) {
            let rest = place.utf8.dropFirst(home.utf8.count).drop { $0 == UInt8(ascii: "/") }
            let first = String(rest.prefix { $0 != UInt8(ascii: "/") }) ?? ""
            if first.hasPrefix(".") && first != ".cache" || first == "bin" { return Paths.join(home, first) }
        }
        return nil
    }

    /// The directory in `/home` that a place is in.
    private static func otherHome(_ place: String) -> String? {
        let parts = Paths.components(place)
        return parts.first == "home" && parts.count > 2 ? "/home/\(parts[1])" : nil
    }
}
