import Support
import System

/// Directories in which programs of this machine listen, and what the kernel makes: devices, processes, settings.
///
/// Nothing that the configuration names for code of others to see, in a build or in a running system, may lead there.
public enum ReservedPlaces {
    private static let reserved = ["/dev", "/proc", "/run", "/sys"]
    /// Directories in these that users fill themselves.
    private static let shared = ["/dev/shm", "/run/media"]

    /// The directory of the machine that a resolved path is, is in, or contains; nil for every other place.
    ///
    /// - Parameters:
    ///   - place: A path without links.
    ///   - project: The directory of the project: what is in it is the project's own.
    /// - Returns: Its path.
    public static func directory(at place: String, project: String?) -> String? {
        if isOwn(place, project) || shared.contains(where: { Paths.isBelow(place, $0) }) { return nil }
        return reserved.first { place == $0 || Paths.isBelow(place, $0) || Paths.isBelow($0, place) }
    }

    /// Returns true for what is in the directory of a project.
    public static func isOwn(_ place: String, _ project: String?) -> Bool {
        guard let project, let own = Paths.resolved(project) else { return false }
        // A project in the root directory does not own all of the machine.
        return own != "/" && (place == own || Paths.isBelow(place, own))
    }
}
