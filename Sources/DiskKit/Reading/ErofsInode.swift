internal import System

/// An inode of erofs, out of its bytes.
struct ErofsInode: StoredInode {
    let kind: FileKind
    let mode: UInt32
    let user: UInt32
    let group: UInt32
    let size: UInt64
    let modified: FileTime
    /// The first block of the content, or the numbers of a device.
    let place: UInt32
    /// The place of the extended attributes in the file system, and their size in bytes.
    let attributes: UInt64
    let attributesSize: UInt64
    private let layout: UInt16

    /// The end of the inode, with its attributes.
    var end: UInt64 { attributes + attributesSize }

    /// True if the last part of the content is behind the inode; nil for layouts with compression or chunks.
    var isInline: Bool? {
        switch layout {
        case 0: false
        case 2: true
        default: nil
        }
    }

    /// Nil for a kind that inode(7) does not know.
    ///
    /// - Parameters:
    ///   - bytes: 32 of a compact inode, or 64.
    ///   - start: Where they are in the file system.
    ///   - time: The time of files whose inodes have none.
    init?(_ bytes: [UInt8], at start: UInt64, time: FileTime) {
        func short(_ offset: Int) -> UInt32 { UInt32(bytes.littleEndian(offset, UInt16.self)) }
        func number(_ offset: Int) -> UInt32 { bytes.littleEndian(offset, UInt32.self) }
        let format = bytes.littleEndian(0, UInt16.self)
        let isExtended = format & 1 != 0
        guard bytes.count == (isExtended ? 64 : 32), let kind = FileKind(mode: short(4)) else { return nil }
        self.kind = kind
        layout = format >> 1 & 7
        mode = short(4) & 0o7777
        place = number(16)
        if isExtended {
            size = bytes.littleEndian(8, UInt64.self)
            (user, group) = (number(24), number(28))
            modified = FileTime(
                seconds: Int(truncatingIfNeeded: bytes.littleEndian(32, UInt64.self)),
                nanoseconds: Int(min(number(40), 999_999_999))
            )
        } else {
            size = UInt64(number(8))
            (user, group) = (short(24), short(26))
            modified = time
        }
        let count = UInt64(short(2))
        attributes = start + UInt64(bytes.count)
        attributesSize = count == 0 ? 0 : 12 + 4 * (count - 1)
    }
}
