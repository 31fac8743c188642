import CFiles
import Glibc

/// Modification times of the tree.
public enum TreeTimes {
    /// Sets every time at and below `path` that is later than `limit`, in seconds since the epoch, to `limit`.
    public static func clamp(_ path: String, to limit: Int) throws(TreeEditError) {
        try clamp(NodePath(path), to: limit)
    }

    private static func clamp(_ path: NodePath, to limit: Int) throws(TreeEditError) {
        var status = stat()
        try TreeEditor.check("stat", path.text, lstat(path.bytes, &status))
        if status.st_mode & S_IFMT == S_IFDIR {
            for name in try TreeRemoval.names(in: path) { try clamp(path.appending(name), to: limit) }
        }
        let modified = status.st_mtim
        guard modified.tv_sec > limit || modified.tv_sec == limit && modified.tv_nsec > 0 else { return }
        let times = [timespec(tv_sec: limit, tv_nsec: 0), timespec(tv_sec: limit, tv_nsec: 0)]
        let result = utimensat(AT_FDCWD, path.bytes, times, AT_SYMLINK_NOFOLLOW)
        try TreeEditor.check("utimensat", path.text, result)
    }
}
