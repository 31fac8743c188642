import Glibc
import Support

/// Errors whose cause is that a file system has no room left.
enum FullDisk {
    /// Adds which folder is full, where that is why the build failed.
    static func explain(_ failure: Failure, folders: [(setting: String, path: String)]) -> Failure {
        let text = String(cString: strerror(ENOSPC))
        let said = [failure.description] + failure.firstExcerpt
        guard said.contains(where: { $0.contains(text) }) else { return failure }
        var explained = failure
        if let full = folders.first(where: { isFull($0.path) }) {
            explained.hint = "The file system of \(full.path) is full; \(full.setting)= can name another folder"
        } else {
            let names = folders.map { "\($0.setting)=" }.joined(separator: ", ")
            explained.hint = "Make room, or choose other folders with \(names)"
        }
        return explained
    }

    /// Whether less than a hundredth is free, or no file more can be made.
    private static func isFull(_ path: String) -> Bool {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { return false }
        return status.f_bavail < status.f_blocks / 100 || status.f_files > 0 && status.f_favail == 0
    }
}
