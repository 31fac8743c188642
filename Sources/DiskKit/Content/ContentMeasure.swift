internal import CFiles
internal import Glibc
internal import System

/// The needs of some content in a file system, found out in one walk.
public struct ContentMeasure: Sendable, Equatable, Codable {
    /// Files, directories and links; several names of one file are one.
    public private(set) var inodes = 0
    /// Blocks of 4096 bytes of all files, without holes.
    public private(set) var fileBlocks: UInt64 = 0
    /// Blocks of 4096 bytes for directories, long links and attributes.
    public private(set) var metadataBlocks: UInt64 = 0
    /// Bytes that the longest file has.
    public private(set) var largestFile: UInt64 = 0
    /// The latest modification, in seconds since the epoch.
    public private(set) var latest = 0
    /// Entries of file allocation tables, in 32 bytes each.
    public private(set) var shortEntries: UInt64 = 0
    /// Blocks of 4096 bytes of all further names of files that have several.
    public private(set) var linkedBlocks: UInt64 = 0
    /// The features of the content that not every file system keeps.
    public private(set) var features: Set<Feature> = []
    /// Directories that are to be copied without their content, and that have any.
    public private(set) var emptied: [String] = []
    /// Sources that do not exist.
    public private(set) var missing: [String] = []
    /// True if something was left out, or several sources have been put together.
    public private(set) var isChanged = false

    /// Something that not every file system, or not every program that makes one, keeps.
    public enum Feature: String, Sendable, Codable {
        case accessLists = "access control lists"
        case attributes = "extended attributes"
        case hardLinks = "hard links"
        case deviceNumbers = "the numbers of devices"
        case specialFiles = "devices and pipes"
    }

    /// Bytes of all blocks.
    public var bytes: UInt64 { (fileBlocks + metadataBlocks) * Self.blockSize }

    static let blockSize: UInt64 = 4096

    /// Walks through the content of a plan.
    public init(_ plan: ContentPlan, root: String) throws(DiskError) {
        var known: Set<[UInt64]> = []
        var directoryBytes: [BytePath: UInt64] = [:]
        var measure = Self()
        var walk = ContentWalk(plan, root: root)
        try walk.run { (entry) throws(DiskError) in
            try measure.add(entry, &known, &directoryBytes)
        }
        for bytes in directoryBytes.values { measure.metadataBlocks += bytes / 4000 + 1 }
        measure.missing = walk.missing
        for copy in plan.copies {
            for path in copy.emptied.sorted() where Self.hasContent(root, copy, path) { measure.emptied.append(path) }
        }
        let isWhole = plan.copies.count == 1 && plan.copies[0].target == "/"
        measure.isChanged = !isWhole || walk.hasGenerated || !plan.directories.isEmpty || !plan.symlinks.isEmpty
        if !measure.isChanged {
            let copy = plan.copies[0]
            measure.isChanged =
                !Self.exists(root, copy, copy.source) || copy.excluded.contains { Self.exists(root, copy, $0) }
        }
        self = measure
    }

    private init() {}

    private mutating func add(
        _ entry: ContentEntry,
        _ known: inout Set<[UInt64]>,
        _ directoryBytes: inout [BytePath: UInt64]
    ) throws(DiskError) {
        if entry.kind == .directory { directoryBytes[entry.path] = 24 }
        if !entry.path.isEmpty {
            let name = UInt64(entry.path.name.bytes.count)
            directoryBytes[entry.path.parent, default: 0] += (8 + name + 3) / 4 * 4
            shortEntries += 2 + name / 13 + 1
        }
        guard let status = entry.status else {
            inodes += 1
            fileBlocks += (entry.size + Self.blockSize - 1) / Self.blockSize
            return
        }
        if entry.kind != .directory, status.links > 1, !known.insert([status.device, status.inode]).inserted {
            features.insert(.hardLinks)
            linkedBlocks += (UInt64(max(status.size, 0)) + Self.blockSize - 1) / Self.blockSize
            return
        }
        inodes += 1
        latest = max(latest, status.modified.seconds)
        switch entry.kind {
        case .regular:
            let file = try entry.open()
            let size = UInt64(max(status.size, 0))
            largestFile = max(largestFile, size)
            fileBlocks += Self.blocks(of: file.number, size)
            try addAttributes(file.number, entry.path)
        case .directory:
            let file = try entry.open()
            try addAttributes(file.number, entry.path)
        case .symbolicLink:
            if status.size >= 60 { metadataBlocks += 1 }
        case .blockDevice, .characterDevice: features.formUnion([.deviceNumbers, .specialFiles])
        default: features.insert(.specialFiles)
        }
    }

    private mutating func addAttributes(_ file: CInt, _ path: BytePath) throws(DiskError) {
        let names = try DiskError.calling("read the attributes of", path.string) { () throws(SystemCallError) in
            try ExtendedAttribute.names(of: file, path.string)
        }
        if names.isEmpty { return }
        for name in names { features.insert(name.hasPrefix("system.posix_acl") ? .accessLists : .attributes) }
        metadataBlocks += 1
    }

    /// Blocks with data; a hole has none.
    private static func blocks(of file: CInt, _ size: UInt64) -> UInt64 {
        let all = (size + blockSize - 1) / blockSize
        if size < 1 << 20 { return all }
        var (blocks, offset): (UInt64, Int64) = (0, 0)
        while offset < Int64(size) {
            let start = mkosi_next_data(file, offset)
            if start < 0 { return errno == ENXIO ? blocks : all }
            let end = mkosi_next_hole(file, start)
            if end <= start { return all }
            blocks += (UInt64(end) + blockSize - 1) / blockSize - UInt64(start) / blockSize
            offset = end
        }
        return min(blocks, all)
    }

    /// Opens a path of the tree as the walk comes to it: through the links that lead to the source, and no others.
    private static func open(_ root: String, _ copy: ContentPlan.Copy, _ path: String) -> CInt {
        guard let inner = copy.path(inSource: path) else { return -1 }
        let tree = mkosi_file_open(root, O_RDONLY | O_DIRECTORY, 0)
        guard tree >= 0 else { return -1 }
        defer { close(tree) }
        let source = mkosi_open_place(tree, copy.source, 1, MKOSI_RESOLVE_IN_ROOT)
        guard source >= 0, !inner.isEmpty else { return source }
        defer { close(source) }
        return mkosi_open_place(source, inner, 0, MKOSI_RESOLVE_NO_LINKS)
    }

    private static func exists(_ root: String, _ copy: ContentPlan.Copy, _ path: String) -> Bool {
        let number = open(root, copy, path)
        if number >= 0 { close(number) }
        return number >= 0
    }

    private static func hasContent(_ root: String, _ copy: ContentPlan.Copy, _ path: String) -> Bool {
        let number = open(root, copy, path)
        guard number >= 0 else { return false }
        let directory = Descriptor(owning: number)
        return (try? DirectoryReader.names(in: directory.number).isEmpty) == false
    }
}
