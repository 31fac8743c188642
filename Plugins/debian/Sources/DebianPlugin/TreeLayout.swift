import ArchiveKit
import CFiles
import DistributionKit
import Glibc
import PluginWire
import System

/// Which directories of the tree are other names of directories below `/usr`, and which are mounted over.
struct TreeLayout: Sendable {
    /// Where the host mounts things for scripts.
    static let mountPoints: Set<String> = ["dev", "proc", "run", "sys", "tmp"]

    /// Directories of the root that may be links into `/usr`.
    static let mergeable = ["bin", "sbin", "lib", "lib32", "lib64", "libx32", "libo32"]

    /// Those of them that are, in this tree.
    var merged: Set<[UInt8]> = []
    var hasMounts: Bool

    /// Looks at the tree, which is the root directory now.
    init(hasMounts: Bool) {
        self.hasMounts = hasMounts
        var status = stat()
        for name in Self.mergeable where lstat("/" + name, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK {
            merged.insert(Array(name.utf8))
        }
    }

    init(merged: [String], hasMounts: Bool) {
        self.merged = Set(merged.map { Array($0.utf8) })
        self.hasMounts = hasMounts
    }

    /// The one path by which a file is known: `lib/x` becomes `usr/lib/x` where `/lib` is a link.
    func canonical(_ path: BytePath) -> BytePath {
        guard let slash = path.bytes.firstIndex(of: UInt8(ascii: "/")), merged.contains(Array(path.bytes[..<slash]))
        else {
            return path
        }
        return BytePath(bytes: Array("usr/".utf8) + path.bytes)
    }

    /// A Boolean value indicating whether a path is one of the links into `/usr`, which packages see as a directory.
    func isMerged(_ path: BytePath) -> Bool { merged.contains(path.bytes) }

    /// Whether a path cannot be reached because something is mounted above it.
    func isMountedOver(_ path: BytePath) -> Bool {
        guard hasMounts else { return false }
        let first = path.bytes.prefix { $0 != UInt8(ascii: "/") }
        return Self.mountPoints.contains(String(decoding: first, as: UTF8.self))
    }

    /// Makes the links of a merged `/usr` in an empty tree; what a skeleton has is kept.
    ///
    /// - Returns: The directories that were made.
    static func merge(architecture: String) throws(ErrorObject) -> Set<BytePath> {
        var made: Set<BytePath> = []
        for name in ["bin", "sbin", "lib"] + further(architecture) where !SystemFile.exists("/" + name) {
            if !SystemFile.exists("/usr/" + name) {
                try SystemFile.makeDirectories("/usr/" + name)
                made.insert(BytePath("usr/" + name))
            }
            if symlink("usr/" + name, "/" + name) != 0 { throw SystemFile.failure("create the link", "/" + name) }
        }
        if !made.isEmpty { made.insert(BytePath("usr")) }
        return made
    }

    /// The directory of the dynamic loader, where it is none of the usual ones.
    private static func further(_ architecture: String) -> [String] {
        ["amd64", "ppc64", "ppc64el", "loong64", "sparc64", "mips64el"].contains(architecture) ? ["lib64"] : []
    }
}
