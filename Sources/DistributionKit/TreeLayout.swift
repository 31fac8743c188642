import CFiles
import Glibc
public import PluginWire
public import System

/// The directories of a tree that are other names of directories below `/usr`, and those that are mounted over.
public struct TreeLayout: Sendable {
    /// The directories that the host mounts over for scripts.
    public static let mountPoints: Set<String> = ["dev", "proc", "run", "sys", "tmp"]

    /// Directories of the root that may be links into `/usr`.
    public static let mergeable = ["bin", "sbin", "lib", "lib32", "lib64", "libx32", "libo32"]

    /// Those of them that are, in this tree.
    private var merged: Set<[UInt8]> = []
    private var hasMounts: Bool

    /// Looks at the tree, which is the root directory now.
    public init(hasMounts: Bool) {
        self.hasMounts = hasMounts
        var status = stat()
        for name in Self.mergeable where lstat("/" + name, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK {
            merged.insert(Array(name.utf8))
        }
    }

    public init(merged: [String], hasMounts: Bool) {
        self.merged = Set(merged.map { Array($0.utf8) })
        self.hasMounts = hasMounts
    }

    /// The one path by which a file is known: `lib/x` becomes `usr/lib/x` where `/lib` is a link.
    public func canonical(_ path: BytePath) -> BytePath {
        guard let slash = path.bytes.firstIndex(of: UInt8(ascii: "/")), merged.contains(Array(path.bytes[..<slash]))
        else {
            return path
        }
        return BytePath(bytes: Array("usr/".utf8) + path.bytes)
    }

    /// A Boolean value indicating whether a path is one of the links into `/usr`, which packages see as a directory.
    public func isMerged(_ path: BytePath) -> Bool { merged.contains(path.bytes) }

    /// Returns true if a path cannot be reached because something is mounted above it.
    public func isMountedOver(_ path: BytePath) -> Bool {
        guard hasMounts else { return false }
        let first = path.bytes.prefix { $0 != UInt8(ascii: "/") }
        return Self.mountPoints.contains(String(decoding: first, as: UTF8.self))
    }

    /// Makes the links of a merged `/usr` in an empty tree; what a skeleton has is kept.
    ///
    /// - Parameter names: Directories of the root that become links.
    /// - Returns: The directories that were made.
    /// - Throws: an error that names the path.
    public static func merge(_ names: [String]) throws(ErrorObject) -> Set<BytePath> {
        var made: Set<BytePath> = []
        for name in names where !SystemFile.exists("/" + name) {
            if !SystemFile.exists("/usr/" + name) {
                try SystemFile.makeDirectories("/usr/" + name)
                made.insert(BytePath("usr/" + name))
            }
            if symlink("usr/" + name, "/" + name) != 0 { throw SystemFile.failure("create the link", "/" + name) }
        }
        if !made.isEmpty { made.insert(BytePath("usr")) }
        return made
    }
}
