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
    ]
    /// Directories in these that users fill themselves.
    private static let shared = ["/usr/local", "/usr/src", "/run/user"]
    /// Directories that only have directories of others in them.
    private static let parents = ["/", "/home", "/var"]

    /// Tells whether a directory, given without links, is one of them.
    func contain(_ place: String) -> Bool {
        if Self.parents.contains(place) || home.map({ place == $0 || Paths.isBelow($0, place) }) ?? false {
            return true
        }
        if let hidden = hidden(place) { return !Paths.isBelow(project, hidden) }
        if let home, Paths.isBelow(place, home) { return false }
        if Self.shared.contains(where: { Paths.isBelow(place, $0) }) { return false }
        return Self.system.contains { place == $0 || Paths.isBelow(place, $0) }
    }

    /// The hidden directory in the home, but for the cache, that a place is or is in.
    private func hidden(_ place: String) -> String? {
        guard let home, Paths.isBelow(place, home) else { return nil }
        let rest = place.utf8.dropFirst(home.utf8.count).drop { $0 == UInt8(ascii: "/") }
        let first = String(rest.prefix { $0 != UInt8(ascii: "/") }) ?? ""
        return first.hasPrefix(".") && first != ".cache" ? Paths.join(home, first) : nil
    }
}
