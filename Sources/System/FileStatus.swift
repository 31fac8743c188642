import CFiles
import Glibc

/// A point in time as file systems keep it.
public struct FileTime: Sendable, Hashable, Comparable {
    /// Since the epoch.
    public var seconds: Int
    public var nanoseconds: Int

    public init(seconds: Int, nanoseconds: Int = 0) {
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }

    public static func < (first: FileTime, second: FileTime) -> Bool {
        (first.seconds, first.nanoseconds) < (second.seconds, second.nanoseconds)
    }
}

/// The result of stat(2) for a file, without following a link.
public struct FileStatus: Sendable, Equatable {
    public var kind: FileKind
    /// Permission bits with setuid, setgid and sticky.
    public var mode: UInt32
    public var user: UInt32
    public var group: UInt32
    /// In bytes.
    public var size: Int
    public var modified: FileTime
    /// The time at which content, owner, mode or links changed last; no program can set it.
    public var changed: FileTime
    /// Number of names that the file has.
    public var links: Int
    /// Together they say whether two names are the same file.
    public var device: UInt64
    public var inode: UInt64
    /// The numbers of a device node; 0 for anything else.
    public var nodeMajor: UInt32
    public var nodeMinor: UInt32

    /// Of an open file; nil with errno where it cannot be looked at (fstat(2)).
    public init?(of descriptor: CInt) {
        var status = mkosi_status()
        guard mkosi_status_of(descriptor, &status) == 0 else { return nil }
        self.init(status)
    }

    /// Of a path; nil with errno where there is nothing (lstat(2)).
    public init?(at path: UnsafePointer<CChar>) {
        self.init(at: path, in: AT_FDCWD)
    }

    /// Of a name in an open directory; nil with errno where there is nothing (fstatat(2)).
    public init?(at name: UnsafePointer<CChar>, in directory: CInt) {
        var status = mkosi_status()
        guard mkosi_status_at(directory, name, &status) == 0 else { return nil }
        self.init(status)
    }

    /// Of a name in an open directory; nil with errno where there is nothing.
    public init?(at name: BytePath, in directory: CInt) {
        guard let status = name.withCString({ FileStatus(at: $0, in: directory) }) else { return nil }
        self = status
    }

    /// Nil for a type that inode(7) does not know.
    private init?(_ status: mkosi_status) {
        guard let kind = FileKind(mode: status.mode) else {
            errno = EINVAL
            return nil
        }
        self.kind = kind
        mode = status.mode & 0o7777
        user = status.user
        group = status.group
        size = Int(status.size)
        modified = FileTime(seconds: Int(status.modified_seconds), nanoseconds: Int(status.modified_nanoseconds))
        changed = FileTime(seconds: Int(status.changed_seconds), nanoseconds: Int(status.changed_nanoseconds))
        links = Int(status.links)
        device = status.device
        inode = status.inode
        nodeMajor = status.node_major
        nodeMinor = status.node_minor
    }

    /// Type and permissions, as they are in `st_mode`.
    public var fullMode: UInt32 { kind.modeBits | mode }

    /// Returns true if both are the same file, whatever its name.
    public func isSameFile(as other: FileStatus) -> Bool { inode == other.inode && device == other.device }
}
