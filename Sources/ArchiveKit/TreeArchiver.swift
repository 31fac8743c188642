internal import CFiles
internal import Glibc
public import System

/// Puts a whole tree into an archive, in an order and with attributes that depend on nothing but the tree.
///
/// Directories come before what they hold, names in the order of their bytes; the first of several names of a file is
/// the
/// file, the others are links to it. Sockets are left out. Of the extended attributes only those that mean
/// something elsewhere are kept: `security.capability`, `user.*`, and labels on request.
public struct TreeArchiver: ~Copyable {
    public struct Options: Sendable {
        /// Seconds since the epoch that no modification time may exceed.
        public var epoch: Int?
        /// True if security labels are kept, which a tree has from the machine that it is made on.
        public var keepsLabels = false
        /// Returns the SELinux label of an absolute path with a mode: the value of `security.selinux`, which replaces one in
        /// the tree; nil for a path without one.
        public var label: (@Sendable (BytePath, UInt32) throws(SystemCallError) -> [UInt8]?)?
        /// True if further names of a file are links to the first, and holes are left out.
        public var keepsLinks = true

        public init(epoch: Int? = nil) {
            self.epoch = epoch
        }
    }

    /// A file with several names, at any path.
    private struct Identity: Hashable {
        var device: UInt64
        var inode: UInt64
    }

    private let root: String
    private let options: Options
    private var writer: ArchiveWriter
    private let buffer = Buffer()
    private var firstNames: [Identity: BytePath] = [:]
    /// The number of directories that are being added, each in the one before.
    private var depth = 0

    private init(root: String, options: Options, writer: consuming ArchiveWriter) {
        self.root = root
        self.options = options
        self.writer = writer
    }

    /// Writes the tree below the directory `root`, the directory itself as `./`, and ends the archive.
    ///
    /// Returns the digest of the file where the writer computes one.
    @discardableResult
    public static func archive(
        _ root: String,
        to writer: consuming ArchiveWriter,
        options: Options = Options()
    ) throws(ImageError) -> String? {
        let top = try Descriptor(path: root, flags: O_RDONLY | O_DIRECTORY)
        var archiver = TreeArchiver(root: root, options: options, writer: writer)
        guard let status = FileStatus(of: top.number) else { throw ImageError(.input, cannot: "look at", root) }
        let lookahead = TreeLookahead(root)
        defer { lookahead.end() }
        try archiver.addDirectory(top.number, status, at: BytePath(bytes: []))
        return try archiver.finish()
    }

    private consuming func finish() throws(ImageError) -> String? {
        try writer.finish()
    }

    /// Adds a directory and all below it.
    private mutating func addDirectory(_ directory: Int32, _ status: FileStatus, at path: BytePath) throws(ImageError) {
        var entry = try describe(status, path: path)
        entry.path = path.isEmpty ? (options.keepsLinks ? "./" : ".") : path
        try readAttributes(&entry, descriptor: directory)
        try addLabel(&entry, status, at: path)
        try writer.begin(entry)
        depth += 1
        defer { depth -= 1 }
        if depth > TreeDepth.limit {
            throw ImageError(.input, "more than \(TreeDepth.limit) directories are nested in \(root)", path: root)
        }
        for name in try names(in: directory, path) {
            try add(name, in: directory, at: path.appending(name))
        }
    }

    private mutating func add(_ name: BytePath, in directory: Int32, at path: BytePath) throws(ImageError) {
        guard let status = FileStatus(at: name, in: directory) else {
            throw ImageError(.input, cannot: "look at", shown(path))
        }
        if status.kind == .socket { return }
        if status.kind == .directory {
            let inner = try open(name, in: directory, path, flags: O_RDONLY | O_DIRECTORY)
            return try addDirectory(inner.number, status, at: path)
        }
        var entry = try describe(status, path: path)
        if status.links > 1, options.keepsLinks {
            let identity = Identity(device: status.device, inode: status.inode)
            if let first = firstNames[identity] {
                entry.hardLink = first
                return try writer.begin(entry)
            }
            firstNames[identity] = path
        }
        switch status.kind {
        case .regular:
            try addFile(&entry, name, in: directory, status)
        case .symbolicLink:
            entry.linkTarget = try linkTarget(name, in: directory, path)
            try addLabel(&entry, status, at: path)
            try writer.begin(entry)
        default:
            entry.deviceMajor = status.nodeMajor
            entry.deviceMinor = status.nodeMinor
            try addLabel(&entry, status, at: path)
            try writer.begin(entry)
        }
    }

    private mutating func addFile(
        _ entry: inout ArchiveEntry,
        _ name: BytePath,
        in directory: Int32,
        _ status: FileStatus
    ) throws(ImageError) {
        let path = shown(entry.path)
        let file = try open(name, in: directory, entry.path, flags: O_RDONLY)
        try readAttributes(&entry, descriptor: file.number)
        try addLabel(&entry, status, at: entry.path)
        let regions = options.keepsLinks ? try SparseMap.regions(of: file.number, size: entry.size, name: path) : nil
        try writer.begin(entry, regions: regions)
        var rest = entry.size
        while rest > 0 {
            let got = retrying { read(file.number, buffer.bytes.baseAddress, min(buffer.bytes.count, rest)) }
            if got < 0 { throw ImageError(.input, cannot: "read", path) }
            if got == 0 { throw ImageError(.input, "\(path) became shorter while it was read", path: path) }
            try writer.append(UnsafeRawBufferPointer(rebasing: buffer.bytes[..<got]))
            rest -= got
        }
    }

    private func describe(_ status: FileStatus, path: BytePath) throws(ImageError) -> ArchiveEntry {
        var entry = ArchiveEntry(
            path: path,
            kind: status.kind,
            mode: status.mode,
            user: status.user,
            group: status.group
        )
        entry.size = status.kind == .regular ? status.size : 0
        // Whole seconds: what a file system does with the rest is its own affair.
        entry.modified = FileTime(seconds: min(status.modified.seconds, options.epoch ?? .max))
        return entry
    }

    private func readAttributes(_ entry: inout ArchiveEntry, descriptor: Int32) throws(ImageError) {
        for attribute in try ExtendedAttribute.all(of: descriptor, of: shown(entry.path)) {
            switch attribute.name {
            case AccessControlList.accessAttribute:
                entry.accessList = AccessControlList(attribute: attribute.value)
            case AccessControlList.defaultAttribute:
                entry.defaultAccessList = AccessControlList(attribute: attribute.value)
            default:
                if keeps(attribute.name) { entry.attributes.append(attribute) }
            }
        }
    }

    private func addLabel(_ entry: inout ArchiveEntry, _ status: FileStatus, at path: BytePath) throws(ImageError) {
        guard let label = options.label else { return }
        do throws(SystemCallError) {
            guard let value = try label(BytePath("/").appending(path), status.fullMode) else { return }
            entry.attributes.removeAll { $0.name == Self.labelAttribute }
            entry.attributes.append(ExtendedAttribute(name: Self.labelAttribute, value: value))
        } catch {
            throw ImageError(.input, cannot: "find the label of", shown(path), number: error.errno)
        }
    }

    private static let labelAttribute = "security.selinux"

    /// Returns true for an attribute that is not the machine's own: of its overlays, of its labels, or for its root
    /// alone.
    private func keeps(_ name: String) -> Bool {
        if name == "security.capability" { return true }
        if name == Self.labelAttribute { return options.keepsLabels }
        return name.hasPrefix("user.") && !name.hasPrefix("user.overlay.")
    }

    private func open(
        _ name: BytePath,
        in directory: Int32,
        _ path: BytePath,
        flags: Int32
    ) throws(ImageError) -> Descriptor {
        let raw = name.withCString { name in
            retrying { mkosi_file_openat(directory, name, flags | O_NOFOLLOW | O_NONBLOCK, 0) }
        }
        guard raw >= 0 else { throw ImageError(.input, cannot: "open", shown(path)) }
        return Descriptor(owning: raw)
    }

    /// The names in a directory, in the order of their bytes.
    private func names(in directory: Int32, _ path: BytePath) throws(ImageError) -> [BytePath] {
        do throws(SystemCallError) {
            return try DirectoryReader.names(in: directory)
        } catch {
            throw ImageError(.input, cannot: "read the directory", shown(path), number: error.errno)
        }
    }

    private func linkTarget(_ name: BytePath, in directory: Int32, _ path: BytePath) throws(ImageError) -> BytePath {
        let length = name.withCString { name in
            buffer.bytes.withMemoryRebound(to: CChar.self) { target -> Int in
                guard let start = target.baseAddress else { return 0 }
                return readlinkat(directory, name, start, target.count)
            }
        }
        if length < 0 { throw ImageError(.input, cannot: "read the link", shown(path)) }
        return BytePath(bytes: Array(buffer.bytes[..<length]))
    }

    private func shown(_ path: BytePath) -> String {
        path.isEmpty || path == "./" ? root : "\(root)/\(path.string)"
    }
}
