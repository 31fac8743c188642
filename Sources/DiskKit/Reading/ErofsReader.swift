internal import System

/// Reads an erofs without compression (kernel, Documentation/filesystems/erofs.rst), without mounting it.
///
/// Every number is checked before it is used: images come from anywhere. Inodes are 32 or 64 bytes in an area of slots of
/// 32 bytes, whose number is that of the inode; behind them are extended attributes and the last part of the content.
public struct ErofsReader: Sendable {
    let file: DiskFile
    let blockSize: UInt64
    let budget: UInt64
    let rootNumber: UInt64
    /// The places of the area of inodes and of that of shared attributes.
    private let inodes: UInt64
    let sharedAttributes: UInt64
    /// That of files whose inodes have none.
    private let time: FileTime

    private static let superblock: UInt64 = 1024
    private static let magic: [UInt8] = [0xe2, 0xe1, 0xf5, 0xe0]
    /// Features that change nothing for files without compression, which each inode says of its file.
    private static let known: UInt32 = 0x1 | 0x2 | 0x4 | 0x10 | 0x20

    /// Returns true if a file begins as such a file system does.
    public static func recognizes(_ file: DiskFile) -> Bool { (try? file.read(at: superblock, 4)) == magic }

    /// - Throws: `damaged` if it is no such file system, or has features that this reader does not know.
    public init(_ file: DiskFile) throws(DiskError) {
        self.file = file
        let block = try file.read(at: Self.superblock, 128)
        func number(_ offset: Int) -> UInt32 { block.littleEndian(offset, UInt32.self) }
        guard block.starts(with: Self.magic) else { throw DiskError(.damaged, "\(file.name) is not an erofs") }
        let features = number(80) & ~Self.known
        guard features == 0, block.littleEndian(86, UInt16.self) == 0 else {
            let list = String(features, radix: 16)
            throw DiskError(
                .damaged,
                "\(file.name) has unknown features (0x\(list)) or several devices, and cannot be read without mounting it"
            )
        }
        let shift = UInt64(block[12])
        guard (9...16).contains(shift), block[90] == 0 else {
            throw DiskError(.damaged, "\(file.name) has blocks of an impossible size")
        }
        blockSize = 1 << shift
        let blockCount = UInt64(number(36))
        budget = blockCount << shift
        rootNumber = UInt64(block.littleEndian(14, UInt16.self))
        inodes = UInt64(number(40)) << shift
        sharedAttributes = UInt64(number(44)) << shift
        let seconds = block.littleEndian(24, UInt64.self)
        time = FileTime(seconds: Int(truncatingIfNeeded: seconds), nanoseconds: Int(min(number(32), 999_999_999)))
        guard blockCount > 0, blockCount <= file.size / blockSize else {
            throw DiskError(.damaged, "\(file.name) has a superblock that contradicts itself")
        }
    }

    /// Hands over every file, directories before what is in them, and names in the order of their bytes.
    public func walk<Failure: Error>(
        _ body: (StoredFile) throws(Failure) -> Void
    ) throws(DiskContents.WalkError<Failure>) {
        try walkInodes(body)
    }
}

extension ErofsReader: InodeFileSystem {
    func inode(_ number: UInt64) throws(DiskError) -> ErofsInode {
        // What is not too large for the file does not overflow either.
        guard number <= file.size / 32 else { throw DiskError(.damaged, "\(file.name) has inodes behind its end") }
        let place = inodes + number * 32
        var bytes = try file.read(at: place, 32)
        if bytes[0] & 1 != 0 { bytes += try file.read(at: place + 32, 32) }
        guard let inode = ErofsInode(bytes, at: place, time: time) else {
            throw DiskError(.damaged, "\(file.name): the inode \(number) is of an unknown kind")
        }
        return inode
    }

    func stored(_ inode: ErofsInode, at path: BytePath, _ left: inout UInt64) throws(DiskError) -> StoredFile {
        var stored = StoredFile(path: path, kind: inode.kind, mode: inode.mode)
        (stored.user, stored.group, stored.modified) = (inode.user, inode.group, inode.modified)
        stored.attributes = try attributes(of: inode, path)
        switch inode.kind {
        case .regular, .directory, .symbolicLink:
            stored.size = inode.size
            stored.extents = try extents(of: inode, path, &left)
            guard inode.kind == .symbolicLink else { break }
            stored.linkTarget = BytePath(bytes: try content(of: stored, limit: linkLimit))
            stored.extents = []
        case .characterDevice, .blockDevice:
            (stored.deviceMajor, stored.deviceMinor) = deviceNumbers(inode.place)
        case .fifo, .socket: break
        }
        return stored
    }

    /// Whole blocks one after the other, and the rest behind the inode where there is one of this layout.
    private func extents(
        of inode: ErofsInode,
        _ path: BytePath,
        _ left: inout UInt64
    ) throws(DiskError) -> [StoredFile.Extent] {
        if inode.size == 0 { return [] }
        guard let isInline = inode.isInline else {
            throw DiskError(
                .definition,
                "\(file.name): \(path.string) is compressed or in chunks, which cannot be read without mounting it",
                hint: "Build the base without Compression=, or as a directory or a tar file"
            )
        }
        guard inode.size <= budget else {
            throw DiskError(.damaged, "\(file.name): \(path.string) is larger than the file system")
        }
        let blocks = (inode.size - 1) / blockSize + 1
        let whole = isInline ? blocks - 1 : blocks
        // What is behind an inode shares its block with other inodes.
        let taken = whole * blockSize + (isInline ? inode.size - whole * blockSize : 0)
        guard taken <= left else {
            throw DiskError(.damaged, "\(file.name): \(path.string) has blocks that another file has as well")
        }
        left -= taken
        var extents: [StoredFile.Extent] = []
        if whole > 0 {
            let size = min(whole * blockSize, inode.size)
            extents.append(.init(offset: 0, place: UInt64(inode.place) * blockSize, size: size))
        }
        if isInline {
            let offset = whole * blockSize
            extents.append(.init(offset: offset, place: inode.end, size: inode.size - offset))
        }
        for extent in extents where extent.place > file.size || extent.size > file.size - extent.place {
            throw DiskError(.damaged, "\(file.name): \(path.string) has content behind the end")
        }
        return extents
    }

    /// Blocks of entries of twelve bytes and, behind these, their names.
    func entries(of stored: StoredFile) throws(DiskError) -> [(name: BytePath, inode: UInt64)] {
        let bytes = try content(of: stored, limit: directoryLimit)
        var entries: [(name: BytePath, inode: UInt64)] = []
        for start in stride(from: 0, to: bytes.count, by: Int(blockSize)) {
            let end = min(start + Int(blockSize), bytes.count)
            func damaged() -> DiskError {
                DiskError(.damaged, "\(file.name): the directory \(stored.path.string) is damaged")
            }
            guard end - start >= 12 else { throw damaged() }
            let first = Int(bytes.littleEndian(start + 8, UInt16.self))
            guard first >= 12, first % 12 == 0, first <= end - start else { throw damaged() }
            for entry in stride(from: start, to: start + first, by: 12) {
                let from = start + Int(bytes.littleEndian(entry + 8, UInt16.self))
                let isLast = entry + 12 == start + first
                let to = isLast ? end : start + Int(bytes.littleEndian(entry + 20, UInt16.self))
                guard from >= start + first, from <= to, to <= end else { throw damaged() }
                // The last name of a block is filled up with zeros.
                let name = BytePath(bytes: Array(isLast ? bytes[from..<to].prefix { $0 != 0 } : bytes[from..<to]))
                if name == BytePath(".") || name == BytePath("..") { continue }
                entries.append((name, bytes.littleEndian(entry, UInt64.self)))
            }
        }
        return entries
    }
}
