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
    private static let rootInode: UInt32 = 2
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
        // Paths are put together when they are needed: all in a directory share that of the directory.
        var names: [UInt32: (parent: BytePath, name: BytePath)] = [:]
        var stack: [(inode: UInt32, parent: BytePath, name: BytePath)] = [(Self.rootInode, BytePath(""), BytePath(""))]
        var left = blockCount
        while let (number, parent, name) = stack.popLast() {
            let path = parent.appending(name)
            let (stored, inode): (StoredFile, Ext4Inode)
            do throws(DiskError) {
                try StoredFile.check(path, of: file.name)
                inode = try self.inode(number)
                if let (firstParent, firstName) = names[number] {
                    guard inode.kind != .directory else {
                        throw DiskError(.damaged, "\(file.name): the directory \(path.string) has two names")
                    }
                    var other = StoredFile(path: path, kind: inode.kind, mode: inode.mode)
                    other.hardLink = firstParent.appending(firstName)
                    stored = other
                } else {
                    names[number] = (parent, name)
                    stored = try self.stored(inode, at: path, &left)
                    if inode.kind == .directory {
                        for entry in try self.entries(of: inode, stored).reversed() {
                            if isLost(entry.name, in: path, entry.inode, &left) { continue }
                            stack.append((entry.inode, path, entry.name))
                        }
                    }
                }
            } catch {
                throw .reading(error)
            }
            do throws(Failure) { try body(stored) } catch { throw .caller(error) }
        }
    }

    /// Returns true if it is the empty directory that the maker of every such file system adds.
    private func isLost(_ name: BytePath, in parent: BytePath, _ inode: UInt32, _ left: inout UInt64) -> Bool {
        guard parent.isEmpty, name == BytePath("lost+found"), let found = try? self.inode(inode),
            found.kind == .directory,
            let stored = try? stored(found, at: name, &left), let entries = try? entries(of: found, stored)
        else { return false }
        return entries.isEmpty
    }

    private func inode(_ number: UInt32) throws(DiskError) -> Ext4Inode {
        guard number >= 1, number <= inodeCount else {
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

    private func stored(
        _ inode: Ext4Inode,
        at path: BytePath,
        _ left: inout UInt64
    ) throws(DiskError) -> StoredFile {
        var stored = StoredFile(path: path, kind: inode.kind, mode: inode.mode)
        (stored.user, stored.group, stored.modified) = (inode.user, inode.group, inode.modified)
        stored.attributes = try attributes(of: inode, path)
        switch inode.kind {
        case .regular, .directory:
            stored.size = inode.size
            stored.extents = try extents(of: inode, path, &left)
        case .symbolicLink:
            guard inode.size <= 4096 else { throw DiskError(.damaged, "\(path.string): the link is too long") }
            if inode.size < 60, !inode.hasExtents {
                stored.linkTarget = BytePath(bytes: Array(inode.blocks.prefix(Int(inode.size))))
            } else {
                stored.extents = try extents(of: inode, path, &left)
                stored.size = inode.size
                stored.linkTarget = BytePath(bytes: try content(of: stored, limit: 4096))
                stored.extents = []
            }
        case .characterDevice, .blockDevice:
            (stored.deviceMajor, stored.deviceMinor) = inode.device
        case .fifo, .socket: break
        }
        return stored
    }

    /// The whole content of a small file.
    func content(of stored: StoredFile, limit: UInt64) throws(DiskError) -> [UInt8] {
        guard stored.size <= limit else { throw DiskError(.damaged, "\(stored.path.string) has \(stored.size) bytes") }
        var bytes = [UInt8](repeating: 0, count: Int(stored.size))
        for extent in stored.extents where extent.offset < stored.size {
            let count = min(extent.size, stored.size - extent.offset)
            let part = try file.read(at: extent.place, Int(count))
            bytes.replaceSubrange(Int(extent.offset)..<Int(extent.offset + count), with: part)
        }
        return bytes
    }

    // MARK: - Directories

    private static let directoryLimit: UInt64 = 256 << 20

    private func entries(
        of inode: Ext4Inode,
        _ stored: StoredFile
    ) throws(DiskError) -> [(name: BytePath, inode: UInt32)] {
        let bytes = try content(of: stored, limit: Self.directoryLimit)
        var entries: [(name: BytePath, inode: UInt32)] = []
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
                    if name != BytePath("."), name != BytePath("..") {
                        guard count > 0, !name.bytes.contains(0x2f), !name.bytes.contains(0) else {
                            throw DiskError(.damaged, "\(file.name): \(stored.path.string) has an entry without a name")
                        }
                        entries.append((name, number))
                    }
                }
                place += length
            }
        }
        entries.sort { $0.name < $1.name }
        for (one, next) in zip(entries, entries.dropFirst()) where one.name == next.name {
            throw DiskError(.damaged, "\(file.name): \(stored.path.string) has two entries named \(one.name.string)")
        }
        return entries
    }
}
