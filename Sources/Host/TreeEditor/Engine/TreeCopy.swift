import CFiles
import Glibc
import System
import TreeLinks
import TreeWire

/// Copies files outside the tree, by descriptors opened before chroot(2), into it.
///
/// Modes, times, access control lists, extended attributes, hard links and holes are the source's; owners are root. A
/// directory that exists already keeps its own. What programs of the build have made is copied with its owners, and
/// there
/// a directory that was given a mode gives it to one that exists.
struct TreeCopy {
    private let keepsOwners: Bool
    private let takesPipes: Bool
    /// The first name that a file with several names was copied to.
    private var copied: [FileNumber: BytePath] = [:]

    private struct FileNumber: Hashable {
        var device: dev_t
        var inode: ino_t
    }

    init(keepsOwners: Bool, takesPipes: Bool) {
        self.keepsOwners = keepsOwners
        self.takesPipes = takesPipes
    }

    mutating func copy(descriptor: CInt, name: BytePath, to path: BytePath) throws(TreeEditError) {
        var status = stat()
        try TreeEditError.check("fstat", name.string, fstat(descriptor, &status))
        if status.st_mode & S_IFMT == S_IFDIR {
            try copyDirectory(descriptor, status, name: name, to: path, isTop: true)
        } else {
            try copyFile(descriptor, status, name: name, to: isDirectory(path) ? path.appending(name.name) : path)
        }
    }

    private mutating func copyDirectory(
        _ descriptor: CInt,
        _ status: stat,
        name: BytePath,
        to path: BytePath,
        isTop: Bool = false
    ) throws(TreeEditError) {
        // A link to a directory, such as /bin, is the directory that it leads to: inside the tree, for we are in
        // chroot(2).
        let existed = isDirectory(path)
        let attributes = try attributes(of: descriptor, name)
        if !existed {
            try TreeRemoval.remove(path)
            try TreeEditError.check("mkdir", path.string, mkdir(path.cString, 0o700))
            try apply(attributes, to: path) { (source, target) throws(TreeEditError) in
                try source.apply(to: target, name: path.string)
            }
        } else if keepsOwners, !isTop, !isLink(path), !(attributes.isPlainDirectory && isSticky(path)) {
            try apply(attributes, to: path) { (source, target) throws(TreeEditError) in
                try source.applyMode(to: target, name: path.string)
            }
        }
        for entry in try TreeRemoval.names(in: descriptor, name.string) {
            try copyEntry(of: descriptor, entry, name: name.appending(entry), to: path.appending(entry))
        }
        if !existed { setTimes(path, status) }
    }

    /// A Boolean value indicating whether a directory is shared by all users, as /tmp is.
    ///
    /// mkdir(1) on the way to a file in it is no wish to close it.
    private func isSticky(_ directory: BytePath) -> Bool {
        var status = stat()
        return stat(directory.cString, &status) == 0 && status.st_mode & S_ISVTX != 0
    }

    /// Returns the attributes of a copy.
    private func attributes(of descriptor: CInt, _ name: BytePath) throws(TreeEditError) -> NodeAttributes {
        var attributes = try NodeAttributes(of: descriptor, name: name.string)
        if !keepsOwners { (attributes.user, attributes.group) = (0, 0) }
        return attributes
    }

    private func apply(
        _ attributes: NodeAttributes,
        to directory: BytePath,
        _ body: (NodeAttributes, CInt) throws(TreeEditError) -> Void
    ) throws(TreeEditError) {
        let target = mkosi_file_open(directory.cString, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0)
        try TreeEditError.check("open", directory.string, target)
        defer { close(target) }
        try body(attributes, target)
    }

    private mutating func copyEntry(
        of directory: CInt,
        _ entry: BytePath,
        name: BytePath,
        to path: BytePath
    ) throws(TreeEditError) {
        var status = stat()
        try TreeEditError.check("stat", name.string, fstatat(directory, entry.cString, &status, AT_SYMLINK_NOFOLLOW))
        switch status.st_mode & S_IFMT {
        case S_IFLNK:
            try copyLink(of: directory, entry, status, name: name, to: path)
        case S_IFDIR, S_IFREG:
            // It may have become a pipe since.
            let descriptor = mkosi_file_openat(directory, entry.cString, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0)
            try TreeEditError.check("open", name.string, descriptor)
            defer { close(descriptor) }
            if status.st_mode & S_IFMT == S_IFDIR {
                try copyDirectory(descriptor, status, name: name, to: path)
            } else {
                try copyFile(descriptor, status, name: name, to: path)
            }
        case S_IFIFO where takesPipes:
            try TreeRemoval.remove(path)
            try TreeEditError.check("mkfifo", path.string, mkfifo(path.cString, 0o600))
            setOwner(path, status)
            try TreeEditError.check("chmod", path.string, chmod(path.cString, status.st_mode & 0o7777))
            setTimes(path, status)
        default:
            let what = "is a device, a socket or a pipe, which cannot be copied"
            throw TreeEditError(description: "\(name.string) \(what)")
        }
    }

    private mutating func copyLink(
        of directory: CInt,
        _ entry: BytePath,
        _ status: stat,
        name: BytePath,
        to path: BytePath
    ) throws(TreeEditError) {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlinkat(directory, entry.cString, &buffer, buffer.count - 1)
        if count < 0 { throw TreeEditError.failure("readlink", name.string) }
        try makeRoom(path, for: name)
        if try addName(path, status) { return }
        try TreeEditError.check("symlink", path.string, symlink(buffer, path.cString))
        setOwner(path, status)
        setTimes(path, status)
    }

    private mutating func copyFile(
        _ descriptor: CInt,
        _ status: stat,
        name: BytePath,
        to path: BytePath
    ) throws(TreeEditError) {
        try makeRoom(path, for: name)
        if try addName(path, status) { return }
        let target = mkosi_file_open(path.cString, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600)
        try TreeEditError.check("open", path.string, target)
        defer { close(target) }
        try FileContent.copy(descriptor, target, size: Int64(status.st_size), name: name.string)
        try attributes(of: descriptor, name).apply(to: target, name: path.string)
        setTimes(path, status)
    }

    /// Gives a file that has been copied already one more name; returns false if it has not been copied.
    private mutating func addName(_ path: BytePath, _ status: stat) throws(TreeEditError) -> Bool {
        guard status.st_nlink > 1 else { return false }
        let number = FileNumber(device: status.st_dev, inode: status.st_ino)
        guard let first = copied[number] else {
            copied[number] = path
            return false
        }
        try TreeEditError.check("link", path.string, link(first.cString, path.cString))
        return true
    }

    /// Before the mode: a change of the owner takes setuid away.
    private func setOwner(_ path: BytePath, _ status: stat) {
        _ = keepsOwners ? lchown(path.cString, status.st_uid, status.st_gid) : lchown(path.cString, 0, 0)
    }

    private func setTimes(_ path: BytePath, _ status: stat) {
        let times = [status.st_mtim, status.st_mtim]
        _ = utimensat(AT_FDCWD, path.cString, times, AT_SYMLINK_NOFOLLOW)
    }

    /// Removes a file that is in the way; a directory with all that is in it is never replaced by a file.
    private func makeRoom(_ path: BytePath, for name: BytePath) throws(TreeEditError) {
        var status = stat()
        if lstat(path.cString, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
            throw TreeEditError(
                description: "\(name.string) is not a directory, but \(path.string) in the image is one"
            )
        }
        try TreeRemoval.remove(path)
    }

    private func isLink(_ path: BytePath) -> Bool {
        var status = stat()
        return lstat(path.cString, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
    }

    private func isDirectory(_ path: BytePath) -> Bool {
        var status = stat()
        return stat(path.cString, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
}
