import CFiles
import Glibc
package import System
package import TreeWire

/// The marks by which a layer of an overlay hides what a lower one has: character devices 0:0, which anybody may make.
package enum Whiteouts {
    /// Makes a whiteout; its directory keeps its times.
    package static func add(_ path: BytePath) throws(TreeEditError) {
        try keepingTimes(of: path.parent) { () throws(TreeEditError) in
            try TreeEditError.check("mknod", path.string, mknod(path.cString, S_IFCHR, 0))
        }
    }

    /// Removes the whiteouts below a directory, and the marks of opaque ones; directories keep their times.
    package static func remove(_ path: BytePath) throws(TreeEditError) {
        // Most directories have none.
        _ = lremovexattr(path.cString, "user.overlay.opaque")
        var marks: [BytePath] = []
        for name in try TreeRemoval.names(in: path) {
            let inner = path.appending(name)
            let status = try status(of: inner)
            if status.st_mode & S_IFMT == S_IFDIR { try remove(inner) }
            if isWhiteout(mode: status.st_mode, device: status.st_rdev) { marks.append(inner) }
        }
        if marks.isEmpty { return }
        try keepingTimes(of: path) { () throws(TreeEditError) in
            for mark in marks { try TreeEditError.check("unlink", mark.string, unlink(mark.cString)) }
        }
    }

    /// Returns true for a mode and a device number of stat(2) that are those of a whiteout.
    package static func isWhiteout(mode: UInt32, device: UInt) -> Bool { mode & S_IFMT == S_IFCHR && device == 0 }

    /// Finds what an overlay has removed from one of its lower directories.
    package struct Comparison {
        /// The upper directories merged into one, without marks.
        package var changes: BytePath
        package var lower: BytePath
        /// The whole overlay.
        package var merged: BytePath

        package init(changes: BytePath, lower: BytePath, merged: BytePath) {
            self.changes = changes
            self.lower = lower
            self.merged = merged
        }

        /// The topmost paths, from `/`, that are missing.
        package func removed() throws(TreeEditError) -> [BytePath] {
            var paths: [BytePath] = []
            try add(below: BytePath(""), to: &paths)
            return paths
        }

        /// A directory from which something was removed is one of the changes.
        private func add(below directory: BytePath, to paths: inout [BytePath]) throws(TreeEditError) {
            for name in try TreeRemoval.names(in: lower.appending(directory)) {
                let path = directory.appending(name)
                let own = try status(of: lower.appending(path))
                if isWhiteout(mode: own.st_mode, device: own.st_rdev) { continue }
                var found = stat()
                if lstat(merged.appending(path).cString, &found) != 0 {
                    paths.append(BytePath("/").appending(path))
                } else if own.st_mode & S_IFMT == S_IFDIR,
                    lstat(changes.appending(path).cString, &found) == 0, found.st_mode & S_IFMT == S_IFDIR
                {
                    try add(below: path, to: &paths)
                }
            }
        }
    }

    private static func status(of path: BytePath) throws(TreeEditError) -> stat {
        var status = stat()
        try TreeEditError.check("stat", path.string, lstat(path.cString, &status))
        return status
    }

    private static func keepingTimes(
        of directory: BytePath,
        _ body: () throws(TreeEditError) -> Void
    ) throws(TreeEditError) {
        let status = try status(of: directory)
        try body()
        let times = [status.st_atim, status.st_mtim]
        try TreeEditError.check("utimensat", directory.string, utimensat(AT_FDCWD, directory.cString, times, 0))
    }
}
