/// The shape of a dm-verity hash tree (kernel documentation, device-mapper/verity).
///
///     block 0    superblock
///     block 1 …  the levels of the tree, the top one first; each block holds the digests of blocks of the level below
///     then       forward error correction data, if it was asked for
struct VerityGeometry: Sendable, Equatable {
    let dataBlockSize: UInt64
    let hashBlockSize: UInt64
    let dataBlocks: UInt64
    /// Blocks of each level, the lowest first; none where a single data block makes the root.
    let levels: [UInt64]
    /// Bytes of parity in each code word of forward error correction data; 0: there is none.
    let correctionRoots: Int

    init(dataSize: UInt64, dataBlockSize: UInt64, hashBlockSize: UInt64, correctionRoots: Int = 0) {
        self.correctionRoots = correctionRoots
        self.dataBlockSize = dataBlockSize
        self.hashBlockSize = hashBlockSize
        dataBlocks = dataSize / dataBlockSize
        let digests = hashBlockSize / 32
        var (levels, count): ([UInt64], UInt64) = ([], dataBlocks)
        while count > 1 {
            count = (count + digests - 1) / digests
            levels.append(count)
        }
        self.levels = levels
    }

    /// Bytes of all.
    var size: UInt64 { treeSize + correctionRounds * UInt64(correctionRoots) * hashBlockSize }

    /// Bytes of superblock and tree.
    var treeSize: UInt64 { (1 + levels.reduce(0, +)) * hashBlockSize }

    /// Blocks of data and tree, which error correction covers.
    var coveredBlocks: UInt64 { dataBlocks + levels.reduce(0, +) }

    /// The distance between the blocks of a code word.
    var correctionRounds: UInt64 {
        let count = UInt64(255 - correctionRoots)
        return (coveredBlocks + count - 1) / count
    }

    /// Returns the start of a level, in bytes from the superblock.
    func offset(ofLevel level: Int) -> UInt64 { (1 + levels[(level + 1)...].reduce(0, +)) * hashBlockSize }
}
