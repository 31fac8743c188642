internal import System

/// Reads a file system of the family of ext4 (kernel, Documentation/filesystems/ext4), without mounting it.
///
/// Every number is checked before it is used: images come from anywhere.
public struct Ext4Reader: Sendable {
    let file: DiskFile
    let blockSize: UInt64
    let blockCount: UInt64
    private let inodeCount: UInt32
    private let inodesPerGroup: UInt32
    private let inodeSize: UInt64
    private let descriptors: UInt64
    private let descriptorSize: UInt64

    private static let superblock: UInt64 = 1024
    fileprivate static let rootInode: UInt64 = 2
    /// Features without which files are read wrongly: journal to be replayed, other layouts, encryption.
    private static let refused: [(bit: UInt32, reason: String)] = [
        (0x4, "was not unmounted cleanly"), (0x8, "is only a journal"), (0x10, "has groups of descriptors"),
        (0x400, "has attributes in files of their own"), (0x1000, "has data in directories"),
        (0x8000, "has data in inodes"), (0x10000, "is encrypted"),
    ]

    /// Features that this reader knows, or that change nothing for it (ext4(5)): types in directories, extents, 64 bits,
    /// protection from several mounts, flexible groups, a seed of checksums, large directories.
    private static let known: UInt32 = 0x2 | 0x40 | 0x80 | 0x100 | 0x200 | 0x2000 | 0x4000

    /// Returns true if a file begins as such a file system does.
    public static func recognizes(_ file: DiskFile) -> Bool {
        (try? file.read(at: superblock + 56, 2)) == [0x53, 0xef]
    }

    /// - Throws: `damaged` if it is no such file system, or has features that this reader does not know.
    public init(_ file: DiskFile) throws(DiskError) {
        self.file = file
        let block = try file.read(at: Self.superblock, 1024)
        func number(_ offset: Int) -> UInt32 { block.littleEndian(offset, UInt32.self) }
        func short(_ offset: Int) -> UInt32 { UInt32(block.littleEndian(offset, UInt16.self)) }
        guard short(56) == 0xef53 else { throw DiskError(.damaged, "\(file.name) is not a file system of ext4") }
        let features = number(0x60)
        if let feature = Self.refused.first(where: { features & $0.bit != 0 }) {
            throw DiskError(.damaged, "\(file.name) \(feature.reason), which cannot be read without mounting it")
        }
        guard features & ~Self.known == 0 else {
            let list = String(features & ~Self.known, radix: 16)
            throw DiskError(
                .damaged,
                "\(file.name) has unknown features (0x\(list)), and cannot be read without mounting it"
            )
        }
        let shift = number(0x18)
        guard shift <= 6 else { throw DiskError(.damaged, "\(file.name) has blocks of an impossible size") }
        blockSize = 1024 << UInt64(shift)
        let is64 = features & 0x80 != 0
        blockCount = UInt64(number(4)) | (is64 ? UInt64(number(0x150)) << 32 : 0)
        inodeCount = number(0)
        inodesPerGroup = number(0x28)
        inodeSize = number(0x4c) == 0 ? 128 : UInt64(short(0x58))
        descriptorSize = is64 ? UInt64(short(0xfe)) : 32
        descriptors = (UInt64(number(0x14)) + 1) * blockSize
        guard inodesPerGroup > 0, (128...blockSize).contains(inodeSize), (32...1024).contains(descriptorSize),
            blockCount > 0, blockCount <= file.size / blockSize,
            UInt64(inodeCount) * inodeSize <= blockCount * blockSize
        else { throw DiskError(.damaged, "\(file.name) has a superblock that contradicts itself") }
    }

    /// Hands over every file, directories before what is in them, and names in the order of their bytes.
    public func walk<Failure: Error>(
        _ body: (StoredFile) throws(Failure) -> Void
    ) throws(DiskContents.WalkError<Failure>) {
        try walkInodes(body)
    }
}

extension Ext4Reader: InodeFileSystem {
    var rootNumber: UInt64 { Self.rootInode }
    var budget: UInt64 { blockCount }

    /// Returns true if it is the empty directory that the maker of every such file system adds.
    func isOmitted(_ name: BytePath, in parent: BytePath, _ inode: UInt64, _ left: inout UInt64) -> Bool {
        guard parent.isEmpty, name == BytePath("lost+found"), let found = try? self.inode(inode),
            found.kind == .directory,
            let stored = try? stored(found, at: name, &left), let entries = try? entries(of: stored)
        else { return false }
        return entries.isEmpty
    }

    func inode(_ number: UInt64) throws(DiskError) -> Ext4Inode {
        guard number >= 1, let number = UInt32(exactly: number), number <= inodeCount else {
            throw DiskError(.damaged, "\(file.name) names the inode \(number), which it does not have")
        }
        let group = UInt64((number - 1) / inodesPerGroup)
        let descriptor = try file.read(at: descriptors + group * descriptorSize, Int(descriptorSize))
        var table = UInt64(descriptor.littleEndian(8, UInt32.self))
        if descriptorSize >= 64 { table |= UInt64(descriptor.littleEndian(0x28, UInt32.self)) << 32 }
        guard table < blockCount else { throw DiskError(.damaged, "\(file.name) has inodes behind its end") }
        let index = UInt64((number - 1) % inodesPerGroup)
        let bytes = try file.read(at: table * blockSize + index * inodeSize, Int(inodeSize))
        guard let inode = Ext4Inode(bytes) else {
            throw DiskError(.damaged, "\(file.name): the inode \(number) is of an unknown kind")
        }
        return inode
    }

    func stored(_ inode: Ext4Inode, at path: BytePath, _ left: inout UInt64) throws(DiskError) -> StoredFile {
        var stored = StoredFile(path: path, kind: inode.kind, mode: inode.mode)
        (stored.user, stored.group, stored.modified) = (inode.user, inode.group, inode.modified)
        stored.attributes = try attributes(of: inode, path)
        switch inode.kind {
        case .regular, .directory:
            stored.size = inode.size
            stored.extents = try extents(of: inode, path, &left)
        case .symbolicLink:
            guard inode.size <= linkLimit else { throw DiskError(.damaged, "\(path.string): the link is too long") }
            if inode.size < 60, !inode.hasExtents {
                stored.linkTarget = BytePath(bytes: Array(inode.blocks.prefix(Int(inode.size))))
            } else {
                stored.extents = try extents(of: inode, path, &left)
                stored.size = inode.size
                stored.linkTarget = BytePath(bytes: try content(of: stored, limit: linkLimit))
                stored.extents = []
            }
        case .characterDevice, .blockDevice:
            (stored.deviceMajor, stored.deviceMinor) = inode.device
        case .fifo, .socket: break
        }
        return stored
    }

    func entries(of stored: StoredFile) throws(DiskError) -> [(name: BytePath, inode: UInt64)] {
        let bytes = try content(of: stored, limit: directoryLimit)
        var entries: [(name: BytePath, inode: UInt64)] = []
        let size = Int(blockSize)
        for block in stride(from: 0, to: bytes.count, by: size) {
            var place = block
            let end = min(block + size, bytes.count)
            // Blocks of an index look like one entry without an inode.
            while place + 8 <= end {
                let number = bytes.littleEndian(place, UInt32.self)
                let length = Int(bytes.littleEndian(place + 4, UInt16.self))
                let count = Int(bytes[place + 6])
                guard length >= 8, place + length <= end, 8 + count <= length else {
                    throw DiskError(.damaged, "\(file.name): the directory \(stored.path.string) is damaged")
                }
                if number != 0 {
                    let name = BytePath(bytes: Array(bytes[(place + 8)..<(place + 8 + count)]))
                    if name != BytePath("."), name != BytePath("..") { entries.append((name, UInt64(number))) }
                }
                place += length
            }
        }
        return entries
    }
}
