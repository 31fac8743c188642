import CFiles
import Glibc
import System
public import TreeWire

/// Ends what `LinkRaising` began: takes out of a layer what the step has not touched, and lists its hard links.
public enum LinkLowering {
    /// Removes the copies in `upper` that are as they were made; the file `record` is removed, too.
    public static func lower(_ upper: String, record path: String) throws(TreeEditError) {
        guard let bytes = try LinkFile.read(path) else { return }
        guard let record = LinkRecord(bytes) else {
            throw TreeEditError(description: "\(path) is damaged")
        }
        let tree = try TreeDirectory(upper)
        for group in record.groups where isUntouched(group, in: tree) {
            for path in group.paths { try remove(path, from: tree, flags: 0) }
        }
        for directory in record.directories.reversed() where isLeftOver(directory, in: tree) {
            try remove(directory.path, from: tree, flags: AT_REMOVEDIR)
        }
        unlink(path)
    }

    /// Writes the list that steps above read.
    public static func list(_ tree: String, to path: String) throws(TreeEditError) {
        try LinkGroups(of: tree).write(to: path)
    }

    private static func isUntouched(_ group: LinkRecord.Group, in tree: borrowing TreeDirectory) -> Bool {
        for path in group.paths {
            guard let parent = tree.directory(path.parent), let status = parent.status(of: path.name),
                group.isUntouched(status)
            else { return false }
        }
        return true
    }

    /// Returns true if a directory is empty, and as the one below it is.
    private static func isLeftOver(
        _ directory: LinkRecord.Directory,
        in tree: borrowing TreeDirectory
    ) -> Bool {
        guard let opened = tree.directory(directory.path), !opened.isOpaque,
            let attributes = try? NodeAttributes(of: opened.number, name: ""),
            LinkRecord.Directory.text(attributes) == directory.attributes
        else { return false }
        return (try? opened.names("").isEmpty) == true
    }

    /// Removes a name; the directory keeps its time.
    private static func remove(
        _ path: BytePath,
        from tree: borrowing TreeDirectory,
        flags: CInt
    ) throws(TreeEditError) {
        guard let parent = tree.directory(path.parent) else { return }
        guard let status = FileStatus(of: parent.number) else { throw TreeEditError.failure("stat", path.string) }
        try TreeEditError.check("unlink", path.string, unlinkat(parent.number, path.name.cString, flags))
        _ = mkosi_set_modified(parent.number, Int64(status.modified.seconds), Int64(status.modified.nanoseconds))
    }
}
