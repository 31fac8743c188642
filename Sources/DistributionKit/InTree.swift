import CFiles
import Glibc
import PluginWire
public import System

/// The entry at a path of the tree, which is the root directory now.
public struct InTree: Equatable {
    public var isDirectory: Bool
    private var device: dev_t
    private var inode: ino_t

    /// Nil when nothing is there.
    public init?(_ path: BytePath, following: Bool = false) {
        var status = stat()
        let place = path.isEmpty ? BytePath(".") : path
        guard place.withCString({ following ? stat($0, &status) : lstat($0, &status) }) == 0 else { return nil }
        isDirectory = status.st_mode & S_IFMT == S_IFDIR
        device = status.st_dev
        inode = status.st_ino
    }

    /// Removes a directory with everything in it, but nothing that is mounted there.
    public static func removeDirectory(_ path: BytePath) throws {
        let device = InTree(path)?.device
        for name in try DirectoryReader.names(at: path) {
            let place = path.appending(name)
            guard let there = InTree(place), there.isDirectory else {
                if place.withCString({ unlink($0) }) != 0 { throw SystemFile.failure("remove", "/\(place)") }
                continue
            }
            guard there.device == device else { throw SystemFile.failure("remove", "/\(place)", number: EBUSY) }
            try removeDirectory(place)
        }
        if path.withCString({ rmdir($0) }) != 0 { throw SystemFile.failure("remove", "/\(path)") }
    }
}
