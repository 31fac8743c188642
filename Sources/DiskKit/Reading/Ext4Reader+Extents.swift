internal import System

extension Ext4Reader {
    private static let magic: UInt16 = 0xf30a
    /// The tree is never deeper, as the kernel has it.
    private static let depthLimit = 5

    /// Where the content of a file is, in the order of the file.
    func extents(of inode: Ext4Inode, _ path: BytePath) throws(DiskError) -> [StoredFile.Extent] {
        if inode.size == 0 { return [] }
        guard inode.hasExtents else {
            throw DiskError(.damaged, "\(file.name): \(path.string) is stored as in ext3, which cannot be read")
        }
        var found: [StoredFile.Extent] = []
        try collect(inode.blocks, depth: nil, path, &found)
        var end: UInt64 = 0
        for extent in found {
            guard extent.offset >= end else { throw damaged(path) }
            end = extent.offset + extent.size
        }
        return found
    }

    private func damaged(_ path: BytePath) -> DiskError {
        DiskError(.damaged, "\(file.name): the blocks of \(path.string) are damaged")
    }

    private func collect(
        _ bytes: [UInt8],
        depth expected: Int?,
        _ path: BytePath,
        _ found: inout [StoredFile.Extent]
    ) throws(DiskError) {
        let count = Int(bytes.littleEndian(2, UInt16.self))
        let depth = Int(bytes.littleEndian(6, UInt16.self))
        guard bytes.littleEndian(0, UInt16.self) == Self.magic, 12 + count * 12 <= bytes.count,
            depth <= Self.depthLimit,
            expected.map({ $0 == depth }) != false
        else { throw damaged(path) }
        for index in 0..<count {
            let place = 12 + index * 12
            let first = UInt64(bytes.littleEndian(place, UInt32.self))
            if depth > 0 {
                let low = UInt64(bytes.littleEndian(place + 4, UInt32.self))
                let block = low | UInt64(bytes.littleEndian(place + 8, UInt16.self)) << 32
                guard block < blockCount else { throw damaged(path) }
                try collect(try file.read(at: block * blockSize, Int(blockSize)), depth: depth - 1, path, &found)
                continue
            }
            let length = UInt64(bytes.littleEndian(place + 4, UInt16.self))
            let high = UInt64(bytes.littleEndian(place + 6, UInt16.self)) << 32
            let block = high | UInt64(bytes.littleEndian(place + 8, UInt32.self))
            // Longer ones are allocated and were never written: they read as zeros.
            if length > 32768 { continue }
            guard length > 0, block < blockCount, length <= blockCount - block else { throw damaged(path) }
            found.append(.init(offset: first * blockSize, place: block * blockSize, size: length * blockSize))
        }
    }
}
