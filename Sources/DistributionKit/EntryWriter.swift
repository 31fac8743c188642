public import ArchiveKit
import CFiles
import Glibc
public import PluginWire
public import System

/// Creates the files of packages below the current directory, which is the tree's root after chroot(2).
///
/// What is in the way is removed first, as package managers replace files; directories are not.
public struct EntryWriter: Sendable {
    /// Called for directories that were created as parents.
    private let onDirectory: @Sendable (BytePath) -> Void

    public init(onDirectory: @escaping @Sendable (BytePath) -> Void = { _ in }) {
        self.onDirectory = onDirectory
    }

    /// Writes what an entry describes; content comes from the reader whose current entry it is.
    public func write(
        _ entry: ArchiveEntry,
        at path: BytePath,
        override: Ownership?,
        link: (BytePath) -> BytePath,
        content: inout ArchiveReader
    ) throws {
        if let target = entry.hardLink {
            let source = link(target.normalized)
            try create(path, "link") { source.withCString { old in path.withCString { Glibc.link(old, $0) } } }
            return
        }
        switch entry.kind {
        case .regular:
            let descriptor = try openNew(path, mode: entry.mode & 0o700)
            defer { close(descriptor) }
            try content.copyContent(to: descriptor, size: entry.size, name: "/\(path)")
            try finish(descriptor, entry, override, path)
        case .symbolicLink:
            try writeLink(entry, at: path, override)
        case .characterDevice, .blockDevice, .fifo:
            try writeNode(entry, at: path, override)
        case .directory, .socket:
            break
        }
    }

    /// Creates the parent directories of a path, and reports the new ones.
    public static func makeParents(of path: BytePath, _ onDirectory: (BytePath) -> Void) throws(ErrorObject) {
        let parent = path.parent
        if parent.isEmpty { return }
        if parent.withCString({ mkdir($0, 0o755) }) == 0 {
            onDirectory(parent)
        } else if errno == ENOENT {
            try makeParents(of: parent, onDirectory)
            guard parent.withCString({ mkdir($0, 0o755) }) == 0 else {
                throw SystemFile.failure("make the directory", "/\(parent)")
            }
            onDirectory(parent)
        } else if errno != EEXIST {
            throw SystemFile.failure("make the directory", "/\(parent)")
        }
    }

    /// Makes a directory; one that is there stays as it is.
    public func writeDirectory(_ entry: ArchiveEntry, at path: BytePath, override: Ownership?) throws {
        if SystemFile.isDirectory("/\(path)") { return }
        try SystemFile.makeDirectories("/\(path)")
        guard path.withCString({ lchown($0, override?.user ?? entry.user, override?.group ?? entry.group) }) == 0,
            path.withCString({ chmod($0, (override?.mode ?? entry.mode) & 0o7777) }) == 0
        else {
            throw SystemFile.failure("set the owner and mode of", "/\(path)")
        }
    }

    /// Writes a file whose content is in memory already.
    public func write(_ entry: ArchiveEntry, bytes: [UInt8], at path: BytePath, override: Ownership?) throws {
        let descriptor = try openNew(path, mode: entry.mode & 0o700)
        defer { close(descriptor) }
        do throws(SystemCallError) {
            try writeAll(descriptor, bytes)
        } catch {
            throw SystemFile.failure("write", "/\(path)", number: error.errno)
        }
        try finish(descriptor, entry, override, path)
    }

    /// Puts owner, mode, attributes and time on an open file; chown(2) comes first, it takes setuid and capabilities
    /// away.
    private func finish(
        _ descriptor: Int32,
        _ entry: ArchiveEntry,
        _ override: Ownership?,
        _ path: BytePath
    ) throws {
        let user = override?.user ?? entry.user
        let group = override?.group ?? entry.group
        if user != 0 || group != 0, fchown(descriptor, user, group) != 0 {
            throw SystemFile.failure("set the owner of", "/\(path)")
        }
        if fchmod(descriptor, (override?.mode ?? entry.mode) & 0o7777) != 0 {
            throw SystemFile.failure("set the mode of", "/\(path)")
        }
        for attribute in entry.attributes
        where fsetxattr(descriptor, attribute.name, attribute.value, attribute.value.count, 0) != 0 {
            throw SystemFile.failure("set the attribute \(attribute.name) of", "/\(path)")
        }
        futimens(descriptor, Self.times(entry))
    }

    private func openNew(_ path: BytePath, mode: UInt32) throws -> Int32 {
        var descriptor: Int32 = -1
        try create(path, "create") {
            descriptor = path.withCString {
                mkosi_file_open($0, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode | 0o600)
            }
            return descriptor
        }
        return descriptor
    }

    private func writeLink(_ entry: ArchiveEntry, at path: BytePath, _ override: Ownership?) throws {
        guard let target = entry.linkTarget else { return }
        // As package managers do: a directory that is there stays, and so does a link to one.
        if SystemFile.isDirectory("/\(path)") { return }
        try create(path, "create the link") {
            target.withCString { text in path.withCString { symlink(text, $0) } }
        }
        let user = override?.user ?? entry.user
        let group = override?.group ?? entry.group
        if user != 0 || group != 0, path.withCString({ lchown($0, user, group) }) != 0 {
            throw SystemFile.failure("set the owner of", "/\(path)")
        }
        _ = path.withCString { utimensat(AT_FDCWD, $0, Self.times(entry), AT_SYMLINK_NOFOLLOW) }
    }

    private func writeNode(_ entry: ArchiveEntry, at path: BytePath, _ override: Ownership?) throws {
        let type: mode_t =
            switch entry.kind {
            case .characterDevice: S_IFCHR
            case .blockDevice: S_IFBLK
            default: S_IFIFO
            }
        let device = mkosi_device(entry.deviceMajor, entry.deviceMinor)
        let mode = (override?.mode ?? entry.mode) & 0o7777
        try create(path, "create the node") { path.withCString { mknod($0, type | 0o600, device) } }
        guard path.withCString({ lchown($0, override?.user ?? entry.user, override?.group ?? entry.group) }) == 0,
            path.withCString({ chmod($0, mode) }) == 0
        else {
            throw SystemFile.failure("set the owner and mode of", "/\(path)")
        }
        _ = path.withCString { utimensat(AT_FDCWD, $0, Self.times(entry), AT_SYMLINK_NOFOLLOW) }
    }

    /// Calls `body` to create a file; removes what is in the way, and makes directories that a package forgot.
    private func create(_ path: BytePath, _ action: String, _ body: () -> Int32) throws {
        for _ in 0..<3 {
            if body() >= 0 { return }
            let number = errno
            switch number {
            case EINTR: continue
            case EEXIST:
                if path.withCString({ unlink($0) }) != 0, errno != ENOENT {
                    throw SystemFile.failure("replace", "/\(path)")
                }
            case ENOENT where !path.parent.isEmpty:
                try Self.makeParents(of: path, onDirectory)
            default:
                throw SystemFile.failure(action, "/\(path)", number: number)
            }
        }
        throw SystemFile.failure(action, "/\(path)", number: EEXIST)
    }

    /// Access and modification time of utimensat(2).
    private static func times(_ entry: ArchiveEntry) -> [timespec] {
        let time = timespec(tv_sec: entry.modified.seconds, tv_nsec: entry.modified.nanoseconds)
        return [time, time]
    }
}
