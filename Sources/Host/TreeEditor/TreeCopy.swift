import CFiles
import Glibc
import ImageKit

/// Copies what lies outside the tree, by descriptors that were opened before chroot(2), into it.
///
/// Modes and times are the source's, owners are root; a folder that exists already keeps its own mode. What programs of
/// the build have made is copied with owners, attributes and second names, for there they mean something.
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
            try copyFolder(descriptor, status, name: name, to: path)
        } else {
            try copyFile(descriptor, status, name: name, to: isFolder(path) ? path.appending(name.name) : path)
        }
    }

    private mutating func copyFolder(
        _ descriptor: CInt,
        _ status: stat,
        name: NodePath,
        to path: NodePath
    ) throws(TreeEditError) {
        // A link to a folder, such as /bin, is the folder that it leads to: inside the tree, for we are in chroot(2).
        let existed = isFolder(path)
        if !existed {
            try TreeRemoval.remove(path)
            try TreeEditor.check("mkdir", path.text, mkdir(path.bytes, 0o755))
            setOwner(path, status)
            try TreeEditor.check("chmod", path.text, chmod(path.bytes, status.st_mode & 0o7777))
        }
        // fdopendir takes a descriptor over; `openat` below needs one that stays.
        guard let stream = fdopendir(dup(descriptor)) else { throw TreeEditor.failure("opendir", name.text) }
        for entry in TreeRemoval.names(stream) {
            try copyEntry(of: descriptor, entry, name: name.appending(entry), to: path.appending(entry))
        }
        if !existed { setTimes(path, status) }
    }

    private mutating func copyEntry(
        of folder: CInt,
        _ entry: NodePath,
        name: NodePath,
        to path: NodePath
    ) throws(TreeEditError) {
        var status = stat()
        try TreeEditor.check("stat", name.text, fstatat(folder, entry.bytes, &status, AT_SYMLINK_NOFOLLOW))
        switch status.st_mode & S_IFMT {
        case S_IFLNK:
            try copyLink(of: folder, entry, status, name: name, to: path)
        case S_IFDIR, S_IFREG:
            // It may have become a pipe since.
            let descriptor = mkosi_file_openat(folder, entry.bytes, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0)
            try TreeEditor.check("open", name.text, descriptor)
            defer { close(descriptor) }
            if status.st_mode & S_IFMT == S_IFDIR {
                try copyFolder(descriptor, status, name: name, to: path)
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

    private func copyLink(
        of folder: CInt,
        _ entry: NodePath,
        _ status: stat,
        name: NodePath,
        to path: NodePath
    ) throws(TreeEditError) {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlinkat(folder, entry.bytes, &buffer, buffer.count - 1)
        if count < 0 { throw TreeEditor.failure("readlink", name.text) }
        try makeRoom(path, for: name)
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
        let number = FileNumber(device: status.st_dev, inode: status.st_ino)
        if keepsOwners, status.st_nlink > 1 {
            if let first = copied[number] {
                return try TreeEditor.check("link", path.text, link(first.bytes, path.bytes))
            }
            copied[number] = path
        }
        let target = mkosi_file_open(path.bytes, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600)
        try TreeEditor.check("open", path.text, target)
        defer { close(target) }
        if mkosi_clone_file(target, descriptor) != 0 { try copyContent(descriptor, target, name: name) }
        setOwner(path, status)
        try TreeEditor.check("fchmod", path.text, fchmod(target, status.st_mode & 0o7777))
        if keepsOwners { try copyAttributes(descriptor, target, path) }
        setTimes(path, status)
    }

    private func copyContent(_ source: CInt, _ target: CInt, name: NodePath) throws(TreeEditError) {
        while true {
            let done = mkosi_copy_range(source, target, 1 << 30)
            if done == 0 { return }
            if done < 0 { break }
        }
        // Not between these two file systems: by hand, from where the descriptors stand.
        var buffer = [UInt8](repeating: 0, count: 1 << 17)
        while true {
            let got = read(source, &buffer, buffer.count)
            if got == 0 { return }
            if got < 0 { throw TreeEditor.failure("read", name.text) }
            var sent = 0
            while sent < got {
                let done = buffer[sent..<got].withUnsafeBytes { write(target, $0.baseAddress, $0.count) }
                if done < 0 { throw TreeEditor.failure("write", name.text) }
                sent += done
            }
        }
    }

    /// Before the mode: a change of the owner takes setuid away.
    private func setOwner(_ path: NodePath, _ status: stat) {
        if keepsOwners { _ = lchown(path.bytes, status.st_uid, status.st_gid) }
    }

    private func copyAttributes(_ source: CInt, _ target: CInt, _ path: NodePath) throws(TreeEditError) {
        let attributes: [ExtendedAttribute]
        do throws(ImageError) {
            attributes = try ExtendedAttribute.all(of: source, name: path.text)
        } catch {
            throw TreeEditError(description: "\(error)")
        }
        for attribute in attributes where TreeUnpacking.isWanted(attribute.name) {
            try TreeEditor.check(
                "fsetxattr",
                path.text,
                fsetxattr(target, attribute.name, attribute.value, attribute.value.count, 0)
            )
        }
    }

    private func setTimes(_ path: NodePath, _ status: stat) {
        let times = [status.st_mtim, status.st_mtim]
        _ = utimensat(AT_FDCWD, path.bytes, times, AT_SYMLINK_NOFOLLOW)
    }

    /// Removes a file that is in the way; a folder with all that is in it is never replaced by a file.
    private func makeRoom(_ path: NodePath, for name: NodePath) throws(TreeEditError) {
        var status = stat()
        if lstat(path.bytes, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
            throw TreeEditError(description: "\(name.text) is not a folder, but \(path.text) in the image is one")
        }
        try TreeRemoval.remove(path)
    }

    private func isFolder(_ path: NodePath) -> Bool {
        var status = stat()
        return stat(path.bytes, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
}
