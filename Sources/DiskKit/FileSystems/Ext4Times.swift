/// Sets the times of all inodes of a new ext4 file system so that they depend on its content alone.
///
/// The format is described in the kernel's documentation, filesystems/ext4. Only what mke2fs makes is understood.
struct Ext4Times {
    let image: String
    let offset: UInt64
    /// Seconds since the epoch that no time may exceed.
    let epoch: Int

    /// The fields of the superblock that matter here.
    private struct Superblock {
        let blockSize: UInt64
        let inodesPerGroup: UInt64
        let inodeSize: Int
        let groups: UInt64
        let firstDescriptor: UInt64
        let descriptorSize: Int
        let hasChecksums: Bool
        let seed: UInt32

        init(_ bytes: [UInt8], _ path: String) throws(DiskError) {
            guard bytes.littleEndian(56, UInt16.self) == 0xef53 else {
                throw DiskError(.damaged, "There is no ext4 file system in \(path)")
            }
            let inodes = UInt64(bytes.littleEndian(0, UInt32.self))
            let logarithm = bytes.littleEndian(24, UInt32.self)
            inodesPerGroup = UInt64(bytes.littleEndian(40, UInt32.self))
            inodeSize = Int(bytes.littleEndian(88, UInt16.self))
            let incompatible = bytes.littleEndian(96, UInt32.self)
            let is64Bit = incompatible & 0x80 != 0
            descriptorSize = is64Bit ? Int(bytes.littleEndian(254, UInt16.self)) : 32
            guard logarithm <= 6, inodesPerGroup > 0, (128...4096).contains(inodeSize),
                (32...1024).contains(descriptorSize)
            else { throw DiskError(.damaged, "The ext4 superblock in \(path) has impossible values") }
            blockSize = 1024 << logarithm
            groups = (inodes + inodesPerGroup - 1) / inodesPerGroup
            firstDescriptor = (UInt64(bytes.littleEndian(20, UInt32.self)) + 1) * blockSize
            hasChecksums = bytes.littleEndian(100, UInt32.self) & 0x400 != 0
            let hasSeed = incompatible & 0x2000 != 0
            seed =
                hasSeed
                ? bytes.littleEndian(0x270, UInt32.self) : CRC32C.extend(~0, bytes[104..<120])
        }
    }

    func settle() throws(DiskError) {
        let file = try ImageFile(image)
        let superblock = try Superblock(file.read(at: offset + 1024, 1024), image)
        let descriptors = try file.read(
            at: offset + superblock.firstDescriptor,
            Int(superblock.groups) * superblock.descriptorSize
        )
        for group in 0..<superblock.groups {
            let descriptor = descriptors[(Int(group) * superblock.descriptorSize)...].prefix(superblock.descriptorSize)
            // Flag 1: the inode table was never written.
            if descriptor.littleEndian(18, UInt16.self) & 1 != 0 { continue }
            var unused = UInt64(descriptor.littleEndian(28, UInt16.self))
            var table = UInt64(descriptor.littleEndian(8, UInt32.self))
            if superblock.descriptorSize >= 64 {
                table |= UInt64(descriptor.littleEndian(40, UInt32.self)) << 32
                unused |= UInt64(descriptor.littleEndian(50, UInt16.self)) << 16
            }
            guard unused <= superblock.inodesPerGroup else {
                throw DiskError(.damaged, "A group of the ext4 file system in \(image) has impossible values")
            }
            let count = Int(superblock.inodesPerGroup - unused)
            if count == 0 { continue }
            let place = offset + table * superblock.blockSize
            var inodes = try file.read(at: place, count * superblock.inodeSize)
            for index in 0..<count {
                let number = UInt32(truncatingIfNeeded: group * superblock.inodesPerGroup + UInt64(index) + 1)
                settle(&inodes, at: index * superblock.inodeSize, number: number, superblock)
            }
            try file.write(inodes, at: place)
        }
    }

    private func settle(_ bytes: inout [UInt8], at start: Int, number: UInt32, _ superblock: Superblock) {
        // An inode without a mode is free; the first ones belong to the file system, with or without one.
        let mode = bytes.littleEndian(start, UInt16.self)
        if mode == 0, number >= 11 || bytes.littleEndian(start + 12, UInt32.self) == 0 { return }
        let extra = superblock.inodeSize > 128 ? Int(bytes.littleEndian(start + 128, UInt16.self)) : 0
        let low = Int(Int32(bitPattern: bytes.littleEndian(start + 16, UInt32.self)))
        // Two more bits of the seconds are with the nanoseconds.
        let high = extra >= 12 ? Int(bytes.littleEndian(start + 136, UInt32.self) & 3) << 32 : 0
        let time = min(low + high, epoch)
        let seconds = UInt32(truncatingIfNeeded: time)
        let epochBits = UInt32(truncatingIfNeeded: (time - Int(Int32(truncatingIfNeeded: time))) >> 32) & 3
        for place in [8, 12, 16] { bytes.replace(littleEndian: seconds, at: start + place) }
        if extra >= 24 {
            for place in [132, 136, 140] { bytes.replace(littleEndian: epochBits, at: start + place) }
            bytes.replace(littleEndian: seconds, at: start + 144)
            bytes.replace(littleEndian: epochBits, at: start + 148)
        }
        guard superblock.hasChecksums else { return }
        bytes.replace(littleEndian: UInt16(0), at: start + 124)
        if extra >= 4 { bytes.replace(littleEndian: UInt16(0), at: start + 130) }
        var code = superblock.seed
        withUnsafeBytes(of: number.littleEndian) { code = CRC32C.extend(code, $0) }
        code = CRC32C.extend(code, bytes[(start + 100)..<(start + 104)])
        code = CRC32C.extend(code, bytes[start..<(start + superblock.inodeSize)])
        bytes.replace(littleEndian: UInt16(truncatingIfNeeded: code), at: start + 124)
        if extra >= 4 { bytes.replace(littleEndian: UInt16(truncatingIfNeeded: code >> 16), at: start + 130) }
    }
}

/// CRC-32 with the polynomial of Castagnoli, without the final inversion, as ext4 keeps it.
enum CRC32C {
    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { code, _ in code & 1 == 1 ? 0x82f6_3b78 ^ code >> 1 : code >> 1 }
    }

    static func extend(_ code: UInt32, _ bytes: some Collection<UInt8>) -> UInt32 {
        bytes.reduce(code) { $0 >> 8 ^ table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] }
    }
}

extension [UInt8] {
    /// Puts a number at an offset, its lowest byte first.
    mutating func replace<Number: FixedWidthInteger>(littleEndian number: Number, at offset: Int) {
        Swift.withUnsafeBytes(of: number.littleEndian) { bytes in
            for (index, byte) in bytes.enumerated() { self[offset + index] = byte }
        }
    }
}
