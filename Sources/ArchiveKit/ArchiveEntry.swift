public import System

/// Everything about a file except its content.
public struct ArchiveEntry: Sendable, Equatable {
    /// As the archive has it, for example `./usr/bin/env`; see `BytePath.normalized`.
    public var path: BytePath
    public var kind: FileKind
    /// Permission bits with setuid, setgid and sticky.
    public var mode: UInt32
    public var user: UInt32
    public var group: UInt32
    /// Names of the owners, where the archive has them.
    public var userName: String?
    public var groupName: String?
    public var modified: FileTime
    /// Bytes of content; 0 for everything but regular files.
    public var size: Int
    /// The content of a symbolic link.
    public var linkTarget: BytePath?
    /// The path, in the same archive, of the file that this one is another name of.
    ///
    /// Only the path is used then.
    public var hardLink: BytePath?
    /// Numbers of a device node.
    public var deviceMajor: UInt32
    public var deviceMinor: UInt32
    /// Without access control lists, which have members of their own.
    public var attributes: [ExtendedAttribute]
    public var accessList: AccessControlList?
    /// The access list that new files in this directory inherit.
    public var defaultAccessList: AccessControlList?

    public init(path: BytePath, kind: FileKind, mode: UInt32, user: UInt32 = 0, group: UInt32 = 0) {
        self.path = path
        self.kind = kind
        self.mode = mode
        self.user = user
        self.group = group
        modified = FileTime(seconds: 0)
        size = 0
        deviceMajor = 0
        deviceMinor = 0
        attributes = []
    }
}
