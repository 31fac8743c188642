import Glibc
public import PluginWire
import System

/// Files that maintainer scripts need while they run and that the image does not keep.
public struct TemporaryFiles {
    /// One of them.
    public struct File: Sendable {
        public var path: String
        public var text: String
        public var mode: UInt32

        public init(_ path: String, _ text: String, mode: UInt32 = 0o644) {
            self.path = path
            self.text = text
            self.mode = mode
        }
    }

    /// Names of the image's own host, for programs that look it up.
    public static let hostNames = [
        File("/etc/hosts", "127.0.0.1 localhost.localdomain localhost\n::1 localhost\n"),
        File("/etc/hostname", "localhost\n"),
    ]

    private var made: [File] = []

    /// Makes those that the tree, which is the root directory now, lacks and has a directory for.
    public init(_ files: [File]) throws(ErrorObject) {
        for file in files {
            guard !SystemFile.exists(file.path), let parent = Paths.parent(file.path),
                SystemFile.isDirectory(parent)
            else { continue }
            try SystemFile.write(file.path, Array(file.text.utf8), mode: file.mode)
            made.append(file)
        }
    }

    /// Removes them again, unless a script wrote one of its own.
    public func remove() {
        for file in made where SystemFile.text(file.path) == file.text { unlink(file.path) }
    }
}
