internal import System

/// An inode of ext4, out of its bytes.
struct Ext4Inode: StoredInode {
    let kind: FileKind
    let mode: UInt32
    let user: UInt32
    let group: UInt32
    let size: UInt64
    let modified: FileTime
    /// The sixty bytes with extents, a short link, or the numbers of a device.
    let blocks: [UInt8]
    /// The block with further attributes; 0 where there is none.
    let attributeBlock: UInt64
    /// The bytes in which attributes are.
    let attributes: [UInt8]
    private let flags: UInt32

    var hasExtents: Bool { flags & 0x80000 != 0 }

    /// Nil for a kind that inode(7) does not know.
    init?(_ bytes: [UInt8]) {
        func short(_ offset: Int) -> UInt32 { UInt32(bytes.littleEndian(offset, UInt16.self)) }
        func number(_ offset: Int) -> UInt32 { bytes.littleEndian(offset, UInt32.self) }
        guard bytes.count >= 128, let kind = FileKind(mode: short(0)) else { return nil }
        self.kind = kind
        mode = short(0) & 0o7777
        user = short(2) | short(0x78) << 16
        group = short(0x18) | short(0x7a) << 16
        size = UInt64(number(4)) | UInt64(number(0x6c)) << 32
        flags = number(0x20)
        blocks = Array(bytes[0x28..<0x64])
        attributeBlock = UInt64(number(0x68)) | UInt64(short(0x76)) << 32
        let extra = bytes.count >= 132 ? Int(short(0x80)) : 0
        let end = 128 + extra
        let fine = extra >= 0x8c - 0x80 && bytes.count >= 0x8c ? number(0x88) : 0
        modified = FileTime(
            seconds: Int(Int32(bitPattern: number(0x10))) + Int(fine & 3) << 32,
            nanoseconds: min(Int(fine >> 2), 999_999_999)
        )
        attributes = end < bytes.count ? Array(bytes[end...]) : []
    }

    /// Major and minor number: sixteen bits in all in the first word, or more in the second.
    var device: (major: UInt32, minor: UInt32) {
        let old = blocks.littleEndian(0, UInt32.self)
        if old != 0 { return (old >> 8 & 0xff, old & 0xff) }
        return deviceNumbers(blocks.littleEndian(4, UInt32.self))
    }
}
