import CFiles
import Glibc
import ImageKit

/// Copies what lies outside the tree, by descriptors that were opened before chroot(2), into it.
///
/// Modes and times are the source's, owners are root; a folder that exists already keeps its own mode. What programs of
/// the build have made is copied with owners, attributes and second names, for there they mean something.
struct TreeCopy {
    private let keepsOwners: Bool
    /// The first name that a file with several names was copied to.
    private var copied: [FileNumber: String] = [:]

    private struct FileNumber: Hashable {
        var device: dev_t
        var inode: ino_t
    }

    init(keepsOwners: Bool) {
        self.keepsOwners = keepsOwners
    }

    mutating func copy(descriptor: CInt, name: String, to path: String) throws(TreeEditError) {
        var status = stat()
        try TreeEditor.check("fstat", name, fstat(descriptor, &status))
        if status.st_mode & S_IFMT == S_IFDIR {
            try copyFolder(descriptor, status, name: name, to: path)
        } else {
            try copyFile(descriptor, status, name: name, to: isFolder(path) ? "\(path)/\(lastComponent(name))" : path)
        }
    }

    private mutating func copyFolder(
        _ descriptor: CInt,
        _ status: stat,
        name: String,
        to path: String
    ) throws(TreeEditError) {
        // A link to a folder, such as /bin, is the folder that it leads to: inside the tree, for we are in chroot(2).
        let existed = isFolder(path)
        if !existed {
            try TreeRemoval.remove(path)
            try TreeEditor.check("mkdir", path, mkdir(path, 0o755))
            setOwner(path, status)
            try TreeEditor.check("chmod", path, chmod(path, status.st_mode & 0o7777))
        }
        // fdopendir takes a descriptor over; `openat` below needs one that stays.
        guard let stream = fdopendir(dup(descriptor)) else { throw TreeEditor.failure("opendir", name) }
        for entry in TreeRemoval.names(stream) {
            try copyEntry(
                of: descriptor,
                entry,
                name: "\(name)/\(entry)",
                to: path == "/" ? "/\(entry)" : "\(path)/\(entry)"
            )
        }
        if !existed { setTimes(path, status) }
    }

    private mutating func copyEntry(
        of folder: CInt,
        _ entry: String,
        name: String,
        to path: String
    ) throws(TreeEditError) {
        var status = stat()
        try TreeEditor.check("stat", name, fstatat(folder, entry, &status, AT_SYMLINK_NOFOLLOW))
        switch status.st_mode & S_IFMT {
        case S_IFLNK:
            try copyLink(of: folder, entry, status, name: name, to: path)
        case S_IFDIR, S_IFREG:
            let descriptor = mkosi_file_openat(folder, entry, O_RDONLY | O_NOFOLLOW, 0)
            try TreeEditor.check("open", name, descriptor)
            defer { close(descriptor) }
            if status.st_mode & S_IFMT == S_IFDIR {
                try copyFolder(descriptor, status, name: name, to: path)
            } else {
                try copyFile(descriptor, status, name: name, to: path)
            }
        case S_IFIFO:
            try TreeRemoval.remove(path)
            try TreeEditor.check("mkfifo", path, mkfifo(path, status.st_mode & 0o7777))
        default:
            throw TreeEditError(description: "\(name) is a device or a socket, which cannot be copied into an image")
        }
    }

    private func copyLink(
        of folder: CInt,
        _ entry: String,
        _ status: stat,
        name: String,
        to path: String
    ) throws(TreeEditError) {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlinkat(folder, entry, &buffer, buffer.count - 1)
        if count < 0 { throw TreeEditor.failure("readlink", name) }
        try makeRoom(path, for: name)
        try TreeEditor.check("symlink", path, symlink(buffer, path))
        setOwner(path, status)
        setTimes(path, status)
    }

    private mutating func copyFile(
        _ descriptor: CInt,
        _ status: stat,
        name: String,
        to path: String
    ) throws(TreeEditError) {
        try makeRoom(path, for: name)
        let number = FileNumber(device: status.st_dev, inode: status.st_ino)
        if keepsOwners, status.st_nlink > 1 {
            if let first = copied[number] { return try TreeEditor.check("link", path, link(first, path)) }
            copied[number] = path
        }
        let target = mkosi_file_open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600)
        try TreeEditor.check("open", path, target)
        defer { close(target) }
        if mkosi_clone_file(target, descriptor) != 0 { try copyContent(descriptor, target, name: name) }
        setOwner(path, status)
        try TreeEditor.check("fchmod", path, fchmod(target, status.st_mode & 0o7777))
        if keepsOwners { try copyAttributes(descriptor, target, path) }
        setTimes(path, status)
    }

    private func copyContent(_ source: CInt, _ target: CInt, name: String) throws(TreeEditError) {
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
            if got < 0 { throw TreeEditor.failure("read", name) }
            var sent = 0
            while sent < got {
                let done = buffer[sent..<got].withUnsafeBytes { write(target, $0.baseAddress, $0.count) }
                if done < 0 { throw TreeEditor.failure("write", name) }
                sent += done
            }
        }
    }

    /// Before the mode: a change of the owner takes setuid away.
    private func setOwner(_ path: String, _ status: stat) {
        if keepsOwners { _ = lchown(path, status.st_uid, status.st_gid) }
    }

    private func copyAttributes(_ source: CInt, _ target: CInt, _ path: String) throws(TreeEditError) {
        let attributes: [ExtendedAttribute]
        do throws(ImageError) {
            attributes = try ExtendedAttribute.all(of: source, name: path)
        } catch {
            throw TreeEditError(description: "\(error)")
        }
        for attribute in attributes where TreeUnpacking.isWanted(attribute.name) {
            try TreeEditor.check(
                "fsetxattr",
                path,
                fsetxattr(target, attribute.name, attribute.value, attribute.value.count, 0)
            )
        }
    }

    private func setTimes(_ path: String, _ status: stat) {
        let times = [status.st_mtim, status.st_mtim]
        _ = utimensat(AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW)
    }

    /// Removes a file that is in the way; a folder with all that is in it is never replaced by a file.
    private func makeRoom(_ path: String, for name: String) throws(TreeEditError) {
        var status = stat()
        if lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
            throw TreeEditError(description: "\(name) is not a folder, but \(path) in the image is one")
        }
        try TreeRemoval.remove(path)
    }

    private func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    private func lastComponent(_ path: String) -> Substring {
        path.split(separator: "/").last ?? "file"
    }
}
