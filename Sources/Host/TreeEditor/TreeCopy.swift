import CFiles
import Glibc

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
    private var copied: [FileNumber: NodePath] = [:]

    private struct FileNumber: Hashable {
        var device: dev_t
        var inode: ino_t
    }

    init(keepsOwners: Bool, takesPipes: Bool) {
        self.keepsOwners = keepsOwners
        self.takesPipes = takesPipes
    }

    mutating func copy(descriptor: CInt, name: NodePath, to path: NodePath) throws(TreeEditError) {
        var status = stat()
        try TreeEditor.check("fstat", name.text, fstat(descriptor, &status))
        if status.st_mode & S_IFMT == S_IFDIR {
            try copyDirectory(descriptor, status, name: name, to: path, isTop: true)
        } else {
            try copyFile(descriptor, status, name: name, to: isDirectory(path) ? path.appending(name.name) : path)
        }
    }

    private mutating func copyDirectory(
        _ descriptor: CInt,
        _ status: stat,
        name: NodePath,
        to path: NodePath,
        isTop: Bool = false
    ) throws(TreeEditError) {
        // A link to a directory, such as /bin, is the directory that it leads to: inside the tree, for we are in
        // chroot(2).
        let existed = isDirectory(path)
        let attributes = try attributes(of: descriptor, name)
        if !existed {
            try TreeRemoval.remove(path)
            try TreeEditor.check("mkdir", path.text, mkdir(path.bytes, 0o700))
            try apply(attributes, to: path) { (source, target) throws(TreeEditError) in
                try source.apply(to: target, name: path.text)
            }
        } else if keepsOwners, !isTop, !isLink(path), !(attributes.isPlainDirectory && isSticky(path)) {
            try apply(attributes, to: path) { (source, target) throws(TreeEditError) in
                try source.applyMode(to: target, name: path.text)
            }
        }
        // fdopendir takes a descriptor over; `openat` below needs one that stays.
        guard let stream = fdopendir(dup(descriptor)) else { throw TreeEditor.failure("opendir", name.text) }
        for entry in TreeRemoval.names(stream) {
            try copyEntry(of: descriptor, entry, name: name.appending(entry), to: path.appending(entry))
        }
        if !existed { setTimes(path, status) }
    }

    /// A Boolean value indicating whether a directory is shared by all users, as /tmp is.
    ///
    /// mkdir(1) on the way to a file in it is no wish to close it.
    private func isSticky(_ directory: NodePath) -> Bool {
        var status = stat()
        return stat(directory.bytes, &status) == 0 && status.st_mode & S_ISVTX != 0
    }

    /// What a copy gets.
    private func attributes(of descriptor: CInt, _ name: NodePath) throws(TreeEditError) -> NodeAttributes {
        var attributes = try NodeAttributes(of: descriptor, name: name.text)
        if !keepsOwners { (attributes.user, attributes.group) = (0, 0) }
        return attributes
    }

    private func apply(
        _ attributes: NodeAttributes,
        to directory: NodePath,
        _ body: (NodeAttributes, CInt) throws(TreeEditError) -> Void
    ) throws(TreeEditError) {
        let target = mkosi_file_open(directory.bytes, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0)
        try TreeEditor.check("open", directory.text, target)
        defer { close(target) }
        try body(attributes, target)
    }

    private mutating func copyEntry(
        of directory: CInt,
        _ entry: NodePath,
        name: NodePath,
        to path: NodePath
    ) throws(TreeEditError) {
        var status = stat()
        try TreeEditor.check("stat", name.text, fstatat(directory, entry.bytes, &status, AT_SYMLINK_NOFOLLOW))
        switch status.st_mode & S_IFMT {
        case S_IFLNK:
            try copyLink(of: directory, entry, status, name: name, to: path)
        case S_IFDIR, S_IFREG:
            // It may have become a pipe since.
            let descriptor = mkosi_file_openat(directory, entry.bytes, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0)
            try TreeEditor.check("open", name.text, descriptor)
            defer { close(descriptor) }
            if status.st_mode & S_IFMT == S_IFDIR {
                try copyDirectory(descriptor, status, name: name, to: path)
            } else {
                try copyFile(descriptor, status, name: name, to: path)
            }
        case S_IFIFO where takesPipes:
            try TreeRemoval.remove(path)
            try TreeEditor.check("mkfifo", path.text, mkfifo(path.bytes, 0o600))
            setOwner(path, status)
            try TreeEditor.check("chmod", path.text, chmod(path.bytes, status.st_mode & 0o7777))
            setTimes(path, status)
        default:
            let what = "is a device, a socket or a pipe, which cannot be copied"
            throw TreeEditError(description: "\(name.text) \(what)")
        }
    }

    private mutating func copyLink(
        of directory: CInt,
        _ entry: NodePath,
        _ status: stat,
        name: NodePath,
        to path: NodePath
    ) throws(TreeEditError) {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlinkat(directory, entry.bytes, &buffer, buffer.count - 1)
        if count < 0 { throw TreeEditor.failure("readlink", name.text) }
        try makeRoom(path, for: name)
        if try addName(path, status) { return }
        try TreeEditor.check("symlink", path.text, symlink(buffer, path.bytes))
        setOwner(path, status)
        setTimes(path, status)
    }

    private mutating func copyFile(
        _ descriptor: CInt,
        _ status: stat,
        name: NodePath,
        to path: NodePath
    ) throws(TreeEditError) {
        try makeRoom(path, for: name)
        if try addName(path, status) { return }
        let target = mkosi_file_open(path.bytes, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600)
        try TreeEditor.check("open", path.text, target)
        defer { close(target) }
        try FileContent.copy(descriptor, target, size: Int64(status.st_size), name: name.text)
        try attributes(of: descriptor, name).apply(to: target, name: path.text)
        setTimes(path, status)
    }

    /// Gives a file that has been copied already one more name; returns false if it has not been copied.
    private mutating func addName(_ path: NodePath, _ status: stat) throws(TreeEditError) -> Bool {
        guard status.st_nlink > 1 else { return false }
        let number = FileNumber(device: status.st_dev, inode: status.st_ino)
        guard let first = copied[number] else {
            copied[number] = path
            return false
        }
        try TreeEditor.check("link", path.text, link(first.bytes, path.bytes))
        return true
    }

    /// Before the mode: a change of the owner takes setuid away.
    private func setOwner(_ path: NodePath, _ status: stat) {
        _ = keepsOwners ? lchown(path.bytes, status.st_uid, status.st_gid) : lchown(path.bytes, 0, 0)
    }

    private func setTimes(_ path: NodePath, _ status: stat) {
        let times = [status.st_mtim, status.st_mtim]
        _ = utimensat(AT_FDCWD, path.bytes, times, AT_SYMLINK_NOFOLLOW)
    }

    /// Removes a file that is in the way; a directory with all that is in it is never replaced by a file.
    private func makeRoom(_ path: NodePath, for name: NodePath) throws(TreeEditError) {
        var status = stat()
        if lstat(path.bytes, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
            throw TreeEditError(description: "\(name.text) is not a directory, but \(path.text) in the image is one")
        }
        try TreeRemoval.remove(path)
    }

    private func isLink(_ path: NodePath) -> Bool {
        var status = stat()
        return lstat(path.bytes, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
    }

    private func isDirectory(_ path: NodePath) -> Bool {
        var status = stat()
        return stat(path.bytes, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
}
