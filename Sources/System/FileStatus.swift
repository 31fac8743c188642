public import CFiles

/// A point in time as file systems keep it.
public struct FileTime: Sendable, Hashable {
    /// Since the epoch.
    public var seconds: Int
    public var nanoseconds: Int

    public init(seconds: Int, nanoseconds: Int = 0) {
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }
}

/// What stat(2) says of a file, without following a link.
public struct FileStatus: Sendable, Equatable {
    public var kind: FileKind
    /// Permission bits with setuid, setgid and sticky.
    public var mode: UInt32
    public var user: UInt32
    public var group: UInt32
    public var size: Int
    public var modified: FileTime
    /// Number of names that the file has.
    public var links: Int
    /// Together they say whether two names are the same file.
    public var device: UInt64
    public var inode: UInt64

    /// Nil for a type that inode(7) does not know.
    public init?(_ status: mkosi_status) {
        guard let kind = FileKind(mode: status.mode) else { return nil }
        self.kind = kind
        mode = status.mode & 0o7777
        user = status.user
        group = status.group
        size = Int(status.size)
        modified = FileTime(seconds: Int(status.modified_seconds), nanoseconds: Int(status.modified_nanoseconds))
        links = Int(status.links)
        device = status.device
        inode = status.inode
    }
}
