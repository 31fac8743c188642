public import System

/// A file of a file system that is read without the kernel.
public struct StoredFile: Sendable, Equatable {
    /// Relative to the file system's root, which is the empty path.
    public var path: BytePath
    public var kind: FileKind
    /// Permission bits with setuid, setgid and sticky.
    public var mode: UInt32
    public var user: UInt32 = 0
    public var group: UInt32 = 0
    public var modified = FileTime(seconds: 0)
    /// Bytes of a regular file.
    public var size: UInt64 = 0
    /// What a symbolic link says.
    public var linkTarget: BytePath?
    /// The path of which this is another name.
    public var hardLink: BytePath?
    public var deviceMajor: UInt32 = 0
    public var deviceMinor: UInt32 = 0
    public var attributes: [ExtendedAttribute] = []
    /// Where the content is; what is not covered is a hole.
    public var extents: [Extent] = []

    /// Consecutive bytes of a file.
    public struct Extent: Sendable, Equatable {
        /// Where they begin in the file.
        public var offset: UInt64
        /// Where they are in the file system.
        public var place: UInt64
        public var size: UInt64
    }

    /// PATH_MAX of Linux: longer ones could only be had by way of directories that contain each other, or on purpose.
    private static let pathLimit = 4096

    /// Throws `damaged` for a path that is longer than any that can be opened.
    static func check(_ path: BytePath, of name: String) throws(DiskError) {
        guard path.bytes.count < pathLimit else {
            throw DiskError(.damaged, "\(name) has a path of more than \(pathLimit - 1) bytes")
        }
    }

    public init(path: BytePath, kind: FileKind, mode: UInt32) {
        self.path = path
        self.kind = kind
        self.mode = mode
    }
}
