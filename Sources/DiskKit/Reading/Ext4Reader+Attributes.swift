internal import System

extension Ext4Reader {
    private static let magic: UInt32 = 0xea02_0000
    /// The beginnings of names by the numbers that stand for them.
    private static let prefixes: [UInt8: String] = [
        0: "", 1: "user.", 2: AccessControlList.accessAttribute, 3: AccessControlList.defaultAttribute, 4: "trusted.",
        6: "security.", 7: "system.",
    ]

    /// The extended attributes of an inode, sorted by name: those behind it, and those in a block of their own.
    func attributes(of inode: Ext4Inode, _ path: BytePath) throws(DiskError) -> [ExtendedAttribute] {
        var found: [ExtendedAttribute] = []
        let own = inode.attributes
        if own.count >= 8, own.littleEndian(0, UInt32.self) == Self.magic {
            found += try attributes(in: own, from: 4, valuesFrom: 4, path)
        }
        if inode.attributeBlock != 0 {
            guard inode.attributeBlock < blockCount else { throw damaged(path) }
            let block = try file.read(at: inode.attributeBlock * blockSize, Int(blockSize))
            guard block.littleEndian(0, UInt32.self) == Self.magic else { throw damaged(path) }
            found += try attributes(in: block, from: 32, valuesFrom: 0, path)
        }
        return found.sorted { $0.name < $1.name }
    }

    private func damaged(_ path: BytePath) -> DiskError {
        DiskError(.damaged, "\(file.name): the attributes of \(path.string) are damaged")
    }

    private func attributes(
        in bytes: [UInt8],
        from start: Int,
        valuesFrom base: Int,
        _ path: BytePath
    ) throws(DiskError) -> [ExtendedAttribute] {
        var found: [ExtendedAttribute] = []
        var place = start
        // No two values share bytes.
        var room = bytes.count
        while place + 16 <= bytes.count, bytes.littleEndian(place, UInt32.self) != 0 {
            let length = Int(bytes[place])
            let offset = base + Int(bytes.littleEndian(place + 2, UInt16.self))
            let size = Int(bytes.littleEndian(place + 8, UInt32.self))
            guard place + 16 + length <= bytes.count, offset <= bytes.count, size <= bytes.count - offset, size <= room,
                let prefix = Self.prefixes[bytes[place + 1]]
            else { throw damaged(path) }
            room -= size
            let name = prefix + String(decoding: bytes[(place + 16)..<(place + 16 + length)], as: UTF8.self)
            var value = Array(bytes[offset..<offset + size])
            if AccessControlList.attributeNames.contains(name) {
                guard let list = Self.accessList(value) else { throw damaged(path) }
                value = list.attribute
            }
            found.append(ExtendedAttribute(name: name, value: value))
            place += 16 + (length + 3) / 4 * 4
        }
        return found
    }

    /// A list as ext4 keeps it: only lines about a user or a group have a number.
    private static func accessList(_ bytes: [UInt8]) -> AccessControlList? {
        guard bytes.count >= 4, bytes.littleEndian(0, UInt32.self) == 1 else { return nil }
        var entries: [AccessControlList.Entry] = []
        var place = 4
        while place + 4 <= bytes.count {
            guard let tag = AccessControlList.Tag(rawValue: bytes.littleEndian(place, UInt16.self)) else { return nil }
            let permissions = bytes.littleEndian(place + 2, UInt16.self)
            place += 4
            var id: UInt32 = 0
            if tag == .user || tag == .group {
                guard place + 4 <= bytes.count else { return nil }
                id = bytes.littleEndian(place, UInt32.self)
                place += 4
            }
            entries.append(.init(tag: tag, permissions: permissions, id: id))
        }
        return AccessControlList(entries: entries)
    }
}
