internal import CFiles
internal import Glibc
public import System

/// Creates files below a root that nothing in a path or in a link can leave.
///
/// Every look-up starts at the root's descriptor and treats it as `/` (openat2(2) with RESOLVE_IN_ROOT, or
/// RESOLVE_BENEATH), so a link in an archive leads at most to another place in the same tree. The last component of
/// a path is never followed. Paths are relative to the root, as `BytePath.normalized` makes them.
///
/// One writer belongs to one thread at a time; several writers may share a root. Nothing is synchronised to disk.
public struct TreeWriter: ~Copyable {
    /// The links that may be on the way to a file.
    public enum Resolution: Sendable {
        /// Absolute links and `..` count from the root, as after chroot(2).
        case inRoot
        /// Links that point out of the root are errors.
        case beneath

        var flag: Int32 {
            switch self {
            case .inRoot: MKOSI_RESOLVE_IN_ROOT
            case .beneath: MKOSI_RESOLVE_BENEATH
            }
        }
    }

    /// The parts of an entry that are put on the file.
    public struct Options: Sendable {
        public var resolution = Resolution.inRoot
        /// Owner and group; else they are those of the process.
        public var owners = true
        public var times = true
        /// Extended attributes and access control lists.
        public var attributes = true
        /// A directory that is there already gets the entry's mode, owner, times and attributes too.
        public var updatesDirectories = true
        /// Files, links and nodes that are there already are replaced; else they are errors.
        public var replaces = true

        public init() {}
    }

    public let options: Options
    /// The root as messages name it.
    public let path: String
    let root: Descriptor
    /// The directory of the last file, since consecutive entries mostly share it.
    private var directory: Descriptor?
    private var directoryPath = BytePath(bytes: [])
    /// Times of directories, which later files in them would change.
    var directoryTimes: [(path: BytePath, time: FileTime)] = []

    /// Opens the root, which must exist.
    public init(root path: String, options: Options = Options()) throws(ImageError) {
        self.path = path
        self.options = options
        root = try Descriptor(path: path, flags: O_RDONLY | O_DIRECTORY)
    }

    /// Creates what an entry describes at a path below the root; directories on the way must exist.
    ///
    /// Content comes from the reader whose current entry it is. A hard link's target is looked up under
    /// `linked` when that is given, else under the path that the entry has. Sockets are ignored.
    public mutating func write(
        _ entry: ArchiveEntry,
        at path: BytePath,
        content: inout ArchiveReader,
        linked: BytePath? = nil
    ) throws(ImageError) {
        if let target = entry.hardLink {
            try link(linked ?? target.normalized, at: path)
        } else if entry.kind == .regular {
            let file = try createFile(at: path)
            try content.copyContent(to: file.number, size: entry.size, name: shown(path))
            try apply(entry, to: file.number, shown(path))
        } else {
            try write(entry, at: path)
        }
    }

    /// Creates what an entry without content describes: a directory, a link, a node.
    public mutating func write(_ entry: ArchiveEntry, at path: BytePath) throws(ImageError) {
        switch entry.kind {
        case .directory:
            try writeDirectory(entry, at: path)
        case .symbolicLink:
            guard let target = entry.linkTarget else {
                throw ImageError(.damaged, "the link \(shown(path)) has no target", path: shown(path))
            }
            try create(at: path, "create the link") { directory, name in
                target.withCString { symlinkat($0, directory, name) }
            }
            try applyByName(entry, at: path)
        case .characterDevice, .blockDevice, .fifo:
            let device = mkosi_device(entry.deviceMajor, entry.deviceMinor)
            try create(at: path, "create the node") { directory, name in
                mknodat(directory, name, entry.kind.modeBits | 0o600, device)
            }
            try applyByName(entry, at: path)
        case .regular:
            let file = try createFile(at: path)
            try apply(entry, to: file.number, shown(path))
        case .socket:
            break
        }
    }

    /// Creates an empty file for writing, mode 0600; what was there is replaced.
    public mutating func createFile(at path: BytePath) throws(ImageError) -> Descriptor {
        var descriptor: Int32 = -1
        try create(at: path, "create") { directory, name in
            descriptor = mkosi_file_openat(directory, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600)
            return descriptor
        }
        return Descriptor(owning: descriptor)
    }

    /// Makes `path` another name of the file `existing`.
    public mutating func link(_ existing: BytePath, at path: BytePath) throws(ImageError) {
        // Opened like every directory: linkat(2) itself would follow links in the path of the target to anywhere.
        let source = try openDirectory(existing.parent)
        let name = try lastName(existing)
        try create(at: path, "link \(shown(existing)) to") { directory, newName in
            name.withCString { linkat(source.number, $0, directory, newName, 0) }
        }
    }

    /// Puts the times on the directories that were written; call it after the last entry.
    public mutating func finish() throws(ImageError) {
        for (path, time) in directoryTimes.reversed() {
            let directory = try openDirectory(path)
            try setTime(time, on: directory.number, shown(path))
        }
        directoryTimes.removeAll()
    }

    /// A path of the tree as messages name it.
    func shown(_ path: BytePath) -> String {
        "\(self.path)/\(path.string)"
    }

    /// Opens a directory of the tree, following links on the way within the root.
    func openDirectory(_ path: BytePath) throws(ImageError) -> Descriptor {
        let descriptor = (path.isEmpty ? "." : path).withCString {
            mkosi_open_confined(root.number, $0, O_RDONLY | O_DIRECTORY, 0, options.resolution.flag)
        }
        if descriptor < 0 {
            let number = errno
            let code: ImageError.Code = number == EXDEV ? .escape : .output
            throw ImageError(code, cannot: "open the directory", shown(path), number: number)
        }
        return Descriptor(owning: descriptor)
    }

    /// The last component, which must be a real name.
    private func lastName(_ path: BytePath) throws(ImageError) -> BytePath {
        let name = path.name
        if name.isEmpty || name == "." || name == ".." {
            throw ImageError(.escape, "\(shown(path)) does not name a file below \(self.path)", path: shown(path))
        }
        return name
    }

    /// Calls `body` with the descriptor of a path's directory and the path's last component.
    mutating func withDirectory<Result>(
        of path: BytePath,
        _ body: (Int32, UnsafePointer<CChar>) -> Result
    ) throws(ImageError) -> Result {
        let name = try lastName(path)
        let parent = path.parent
        if parent.isEmpty { return name.withCString { body(root.number, $0) } }
        if directory == nil || directoryPath != parent {
            directory = nil
            directory = try openDirectory(parent)
            directoryPath = parent
        }
        let descriptor = directory?.number ?? root.number
        return name.withCString { body(descriptor, $0) }
    }

    /// Drops the open directory after something that may have moved or replaced it.
    mutating func forgetDirectory() {
        directory = nil
    }

    /// Calls `body` to create a file and, where one is in the way that may be replaced, removes that first.
    private mutating func create(
        at path: BytePath,
        _ action: String,
        _ body: (Int32, UnsafePointer<CChar>) -> Int32
    ) throws(ImageError) {
        let replaces = options.replaces
        let number = try withDirectory(of: path) { directory, name -> Int32 in
            for attempt in 0..<3 {
                if retrying({ body(directory, name) }) >= 0 { return 0 }
                let number = errno
                if number != EEXIST || !replaces || attempt == 2 { return number }
                // A directory stays, with EISDIR: to replace one takes more than an archive's word.
                if unlinkat(directory, name, 0) != 0, errno != ENOENT { return errno }
            }
            return EEXIST
        }
        if number != 0 { throw ImageError(.output, cannot: action, shown(path), number: number) }
    }
}
