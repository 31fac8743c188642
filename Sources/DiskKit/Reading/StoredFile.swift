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
    /// The content of a symbolic link.
    public var linkTarget: BytePath?
    /// The path of which this is another name.
    public var hardLink: BytePath?
    public var deviceMajor: UInt32 = 0
    public var deviceMinor: UInt32 = 0
    public var attributes: [ExtendedAttribute] = []
    /// The places of the content; a range that is not covered is a hole.
    public var extents: [Extent] = []

    /// Consecutive bytes of a file.
    public struct Extent: Sendable, Equatable {
        /// The offset in the file at which they begin.
        public var offset: UInt64
        /// The offset in the file system at which they are.
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
