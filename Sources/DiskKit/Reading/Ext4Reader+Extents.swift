internal import System

extension Ext4Reader {
    private static let magic: UInt16 = 0xf30a
    /// The tree is never deeper, as the kernel has it.
    private static let depthLimit = 5
    /// Blocks of an extent.
    private static let lengthLimit: UInt64 = 32768

    /// Returns the places of a file's content, in the order of the file; `left` is the number of blocks that no file
    /// has had yet.
    func extents(
        of inode: Ext4Inode,
        _ path: BytePath,
        _ left: inout UInt64
    ) throws(DiskError) -> [StoredFile.Extent] {
        if inode.size == 0 { return [] }
        guard inode.hasExtents else {
            throw DiskError(.damaged, "\(file.name): \(path.string) is stored as in ext3, which cannot be read")
        }
        var tree = ExtentTree(path: path, left: left)
        defer { left = tree.left }
        try collect(inode.blocks, depth: nil, &tree)
        return tree.found
    }

    /// The extents of a file that were read so far.
    private struct ExtentTree {
        let path: BytePath
        var found: [StoredFile.Extent] = []
        /// The block of the file behind what was read: trees are in its order, so that reading them comes to an end.
        var end: UInt64 = 0
        /// The blocks that no file has had yet.
        var left: UInt64
    }

    /// No block belongs to two files, nor twice to one.
    private func take(_ blocks: UInt64, of tree: inout ExtentTree) throws(DiskError) {
        guard blocks <= tree.left else {
            throw DiskError(
                .damaged,
                "\(file.name): the files up to \(tree.path.string) have more blocks than there are"
            )
        }
        tree.left -= blocks
    }

    private func damaged(_ path: BytePath) -> DiskError {
        DiskError(.damaged, "\(file.name): the blocks of \(path.string) are damaged")
    }

    private func collect(
        _ bytes: [UInt8],
        depth expected: Int?,
        _ tree: inout ExtentTree
    ) throws(DiskError) {
        let count = Int(bytes.littleEndian(2, UInt16.self))
        let depth = Int(bytes.littleEndian(6, UInt16.self))
        guard bytes.littleEndian(0, UInt16.self) == Self.magic, 12 + count * 12 <= bytes.count,
            depth <= Self.depthLimit,
            expected.map({ $0 == depth }) != false
        else { throw damaged(tree.path) }
        for index in 0..<count {
            let place = 12 + index * 12
            let first = UInt64(bytes.littleEndian(place, UInt32.self))
            guard first >= tree.end else { throw damaged(tree.path) }
            if depth > 0 {
                let low = UInt64(bytes.littleEndian(place + 4, UInt32.self))
                let block = low | UInt64(bytes.littleEndian(place + 8, UInt16.self)) << 32
                guard block < blockCount else { throw damaged(tree.path) }
                try take(1, of: &tree)
                tree.end = first
                try collect(try file.read(at: block * blockSize, Int(blockSize)), depth: depth - 1, &tree)
                tree.end = max(tree.end, first + 1)
                continue
            }
            let length = UInt64(bytes.littleEndian(place + 4, UInt16.self))
            let high = UInt64(bytes.littleEndian(place + 6, UInt16.self)) << 32
            let block = high | UInt64(bytes.littleEndian(place + 8, UInt32.self))
            guard length > 0 else { throw damaged(tree.path) }
            // Longer ones are allocated and were never written: they read as zeros.
            if length > Self.lengthLimit {
                tree.end = first + length - Self.lengthLimit
                continue
            }
            guard block < blockCount, length <= blockCount - block else { throw damaged(tree.path) }
            try take(length, of: &tree)
            tree.end = first + length
            tree.found.append(.init(offset: first * blockSize, place: block * blockSize, size: length * blockSize))
        }
    }
}
