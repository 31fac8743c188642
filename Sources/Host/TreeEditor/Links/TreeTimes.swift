import Glibc
import System
public import TreeWire

/// Modification times of the tree.
public enum TreeTimes {
    /// Sets every time at and below `path` that is later than `limit`, in seconds since the epoch, to `limit`.
    public static func clamp(_ path: String, to limit: Int) throws(TreeEditError) {
        let root = try TreeDirectory(path)
        try clamp(root, path, to: limit)
        guard let status = FileStatus(of: root.number) else { throw TreeEditError.failure("stat", path) }
        if isLater(status, limit) { try set(root.number, ".", path, to: limit) }
    }

    private static func clamp(
        _ directory: borrowing TreeDirectory,
        _ path: String,
        to limit: Int,
        depth: Int = 0
    ) throws(TreeEditError) {
        if depth > TreeDepth.limit { throw .tooDeep(path) }
        for name in try directory.names(path) {
            guard let status = directory.status(of: name) else { throw TreeEditError.failure("stat", name.string) }
            if status.kind == .directory {
                guard let child = directory.directory(name) else { throw TreeEditError.failure("open", name.string) }
                try clamp(child, path, to: limit, depth: depth + 1)
            }
            if isLater(status, limit) { try set(directory.number, name.cString, name.string, to: limit) }
        }
    }

    private static func isLater(_ status: FileStatus, _ limit: Int) -> Bool {
        status.modified > FileTime(seconds: limit)
    }

    private static func set(
        _ directory: CInt,
        _ name: UnsafePointer<CChar>,
        _ path: String,
        to limit: Int
    ) throws(TreeEditError) {
        let times = [timespec(tv_sec: limit, tv_nsec: 0), timespec(tv_sec: limit, tv_nsec: 0)]
        try TreeEditError.check("utimensat", path, utimensat(directory, name, times, AT_SYMLINK_NOFOLLOW))
    }
}
