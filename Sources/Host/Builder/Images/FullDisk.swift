import Glibc
import Support

/// Errors whose cause is that a file system has no room left.
enum FullDisk {
    /// Adds which directory is full, where that is why the build failed.
    ///
    /// Not every program says that it could not write for want of room: a file system with no room at all is named
    /// whatever was said.
    static func explain(_ failure: Failure, directories: [(setting: String, path: String)]) -> Failure {
        let text = String(cString: strerror(ENOSPC))
        let said = [failure.description] + failure.firstExcerpt
        let isSaid = said.contains { $0.contains(text) }
        guard failure.code != .cancelled, isSaid || directories.contains(where: { hasNothing($0.path) }) else {
            return failure
        }
        var explained = failure
        if let full = directories.first(where: { hasNothing($0.path) || isSaid && isFull($0.path) }) {
            explained.hint = "The file system of \(full.path) is full; set \(full.setting)= to another directory"
        } else {
            let names = directories.map { "\($0.setting)=" }.joined(separator: ", ")
            explained.hint = "Free some space, or choose other directories with \(names)"
        }
        return explained
    }

    private static func hasNothing(_ path: String) -> Bool {
        var status = statvfs()
        guard statvfs(path, &status) == 0, status.f_blocks > 0 else { return false }
        return status.f_bavail < 16 || status.f_files > 0 && status.f_favail == 0
    }

    /// Returns true if less than a hundredth is free, or no file more can be made.
    private static func isFull(_ path: String) -> Bool {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { return false }
        return status.f_bavail < status.f_blocks / 100 || status.f_files > 0 && status.f_favail == 0
    }
}
