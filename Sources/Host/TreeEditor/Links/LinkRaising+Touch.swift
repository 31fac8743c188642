import CFiles
import Glibc
import System
public import TreeWire

extension LinkRaising {
    /// Returns true if the directory of changes has, or may have, something under a name of a file with several names below,
    /// so that it would have had to be copied first; nil if the names are not known without reading a tree.
    ///
    /// What cannot be looked at, because it belongs to another user, is taken as changed.
    public func isNeeded() throws(TreeEditError) -> Bool? {
        let changes = try TreeDirectory(upper)
        var isNeeded = false
        for below in lower {
            guard let file = below.links, let known = try LinkGroups(file: file) else { return nil }
            if isNeeded { continue }
            isNeeded = known.groups.contains { $0.contains { Self.mayHave($0, changes) } }
        }
        return isNeeded
    }

    private static func mayHave(_ path: BytePath, _ directory: borrowing TreeDirectory) -> Bool {
        let opened = mkosi_open_place(directory.number, path.cString, 0, MKOSI_RESOLVE_NO_LINKS)
        let reason = errno
        if opened >= 0 {
            close(opened)
            return true
        }
        return reason != ENOENT && reason != ENOTDIR
    }
}
