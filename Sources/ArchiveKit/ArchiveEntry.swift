/// What a file is; the names follow inode(7).
public enum FileKind: Sendable, Equatable {
    case regular
    case directory
    case symbolicLink
    case characterDevice
    case blockDevice
    case fifo
    case socket

    /// Reads the type out of `st_mode`.
    public init?(mode: UInt32) {
        switch mode & 0o170000 {
        case 0o100000: self = .regular
        case 0o040000: self = .directory
        case 0o120000: self = .symbolicLink
        case 0o020000: self = .characterDevice
        case 0o060000: self = .blockDevice
        case 0o010000: self = .fifo
        case 0o140000: self = .socket
        default: return nil
        }
    }

    /// The type, encoded as in `st_mode`.
    var modeBits: UInt32 {
        switch self {
        case .regular: 0o100000
        case .directory: 0o040000
        case .symbolicLink: 0o120000
        case .characterDevice: 0o020000
        case .blockDevice: 0o060000
        case .fifo: 0o010000
        case .socket: 0o140000
        }
    }
}

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

/// An extended attribute of a file: a name and a value.
public struct ExtendedAttribute: Sendable, Hashable {
    public var name: String
    public var value: [UInt8]

    public init(name: String, value: [UInt8]) {
        self.name = name
        self.value = value
    }
}

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
    /// What a symbolic link says.
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
    /// What new files in this directory get.
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
