import CFiles
import Glibc
public import PluginWire
import System

/// Shows package files to a program inside a tree, wherever they are outside of it.
///
/// The files stay where they are: each is held open, and a link in the tree's `/run` names the open file.
public struct PackageLinks {
    /// The paths of the links, in the order of the files.
    public private(set) var paths: [String] = []
    /// To be inherited by whoever opens the links.
    public private(set) var descriptors: [Int32] = []
    private let names: [String]
    private var directory: String?

    /// Opens files while they can still be seen.
    public init(_ files: [String]) throws(ErrorObject) {
        Self.raiseLimit()
        for file in files {
            let opened = mkosi_file_open(file, O_RDONLY | O_NONBLOCK, 0)
            guard opened >= 0 else { throw SystemFile.failure("open", file) }
            // Above the numbers that a child is given for its own purposes.
            let descriptor = fcntl(opened, F_DUPFD_CLOEXEC, Self.first)
            close(opened)
            guard descriptor >= 0 else { throw SystemFile.failure("open", file) }
            var status = stat()
            guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
                close(descriptor)
                throw ErrorObject(code: .invalidParameters, message: "\(file) is not a regular file", subject: file)
            }
            descriptors.append(descriptor)
        }
        names = files.map(Paths.name)
    }

    private static let first: Int32 = 64

    /// Makes the links in the tree, which is the root directory now, with its `/proc` and `/run` mounted.
    public mutating func make() throws(ErrorObject) {
        let directory = try SystemFile.makePrivateDirectory("/run/mkosi-packages-")
        self.directory = directory
        for (index, name) in names.enumerated() {
            // A directory for each: several files may have one name.
            let own = "\(directory)/\(index)"
            try SystemFile.makeDirectories(own)
            guard symlink("/proc/self/fd/\(descriptors[index])", "\(own)/\(name)") == 0 else {
                throw SystemFile.failure("create the link", "\(own)/\(name)")
            }
            paths.append("\(own)/\(name)")
        }
    }

    /// Passes the files on to a program that replaces this one.
    public func keepAcrossExec() {
        for descriptor in descriptors { _ = fcntl(descriptor, F_SETFD, 0) }
    }

    /// Removes the links and closes the files.
    public func remove() {
        if let directory {
            for (index, path) in paths.enumerated() {
                unlink(path)
                rmdir("\(directory)/\(index)")
            }
            rmdir(directory)
        }
        for descriptor in descriptors { close(descriptor) }
    }

    /// A thousand packages are no rarity, and a thousand files is all that many machines allow at first.
    private static func raiseLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
