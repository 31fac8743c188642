import System

@testable import DiskKit

/// A file system of ext4 with nothing in it but what a test writes: blocks of 1024 bytes, sixteen inodes.
struct Ext4Sample {
    static let blockSize = 1024
    static let inodeSize = 128
    /// Where the inodes are.
    static let table = 3
    private(set) var bytes: [UInt8]

    init(blocks: Int = 64) {
        bytes = [UInt8](repeating: 0, count: blocks * Self.blockSize)
        let superblock = Self.blockSize
        put(16 as UInt32, at: superblock)
        put(UInt32(blocks), at: superblock + 4)
        // The block of the superblock, inodes in a group, the revision with a size of inodes.
        put(1 as UInt32, at: superblock + 0x14)
        put(16 as UInt32, at: superblock + 0x28)
        put(1 as UInt32, at: superblock + 0x4c)
        put(UInt16(Self.inodeSize), at: superblock + 0x58)
        put(0xef53 as UInt16, at: superblock + 56)
        // The only group.
        put(UInt32(Self.table), at: 2 * Self.blockSize + 8)
    }

    mutating func put<Number: FixedWidthInteger>(_ number: Number, at offset: Int) {
        for index in 0..<Number.bitWidth / 8 {
            bytes[offset + index] = UInt8(truncatingIfNeeded: number >> (8 * index))
        }
    }

    /// An inode whose content is where the nodes of a tree of extents say, which begins in the inode itself.
    mutating func setInode(_ number: Int, mode: UInt16, size: Int, depth: UInt16, _ entries: [Entry]) {
        let place = Self.table * Self.blockSize + (number - 1) * Self.inodeSize
        put(mode, at: place)
        put(UInt32(size), at: place + 4)
        put(0x80000 as UInt32, at: place + 0x20)
        setNode(at: place + 0x28, depth: depth, entries)
    }

    /// An entry of a tree of extents.
    struct Entry {
        /// The first block of the file that it is about.
        var first: Int
        /// Where it leads.
        var block: Int
        /// Blocks of an extent.
        var length = 1
    }

    mutating func setNode(at place: Int, depth: UInt16, _ entries: [Entry]) {
        put(0xf30a as UInt16, at: place)
        put(UInt16(entries.count), at: place + 2)
        put(depth, at: place + 6)
        for (index, entry) in entries.enumerated() {
            let start = place + 12 + index * 12
            put(UInt32(entry.first), at: start)
            if depth > 0 {
                put(UInt32(entry.block), at: start + 4)
            } else {
                put(UInt16(entry.length), at: start + 4)
                put(UInt32(entry.block), at: start + 8)
            }
        }
    }

    /// A block of a directory.
    mutating func setDirectory(block: Int, _ entries: [(name: String, inode: Int)]) {
        var place = block * Self.blockSize
        let end = place + Self.blockSize
        for (index, entry) in entries.enumerated() {
            let length = index == entries.count - 1 ? end - place : (8 + entry.name.utf8.count + 3) / 4 * 4
            put(UInt32(entry.inode), at: place)
            put(UInt16(length), at: place + 4)
            bytes[place + 6] = UInt8(entry.name.utf8.count)
            bytes.replaceSubrange(place + 8..<place + 8 + entry.name.utf8.count, with: entry.name.utf8)
            place += length
        }
    }

    /// The root, with a directory of one block.
    mutating func setRoot(_ entries: [(name: String, inode: Int)]) {
        setInode(2, mode: 0o40755, size: Self.blockSize, depth: 0, [Entry(first: 0, block: 10)])
        setDirectory(block: 10, entries)
    }

    /// All files that a walk hands over.
    func files() throws -> [StoredFile] {
        let memory = try Descriptor.inMemory(bytes, label: "ext4")
        let reader = try Ext4Reader(DiskFile(descriptor: memory.number, name: "disk"))
        var files: [StoredFile] = []
        do throws(DiskContents.WalkError<Never>) {
            try reader.walk { (file: StoredFile) in files.append(file) }
        } catch {
            if case .reading(let error) = error { throw error }
        }
        return files
    }
}
