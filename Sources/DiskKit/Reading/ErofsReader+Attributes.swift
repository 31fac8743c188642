internal import System

extension ErofsReader {
    /// The beginnings of names by the numbers that stand for them.
    private static let prefixes: [UInt8: String] = [
        1: "user.", 2: AccessControlList.accessAttribute, 3: AccessControlList.defaultAttribute, 4: "trusted.",
        6: "security.",
    ]

    /// Bytes of all attributes of a file at most: many files can share the same ones, which are read for each.
    private static let limit = 1 << 20

    /// The extended attributes of an inode, sorted by name: those behind it, and those that it shares with others.
    func attributes(of inode: ErofsInode, _ path: BytePath) throws(DiskError) -> [ExtendedAttribute] {
        guard inode.attributesSize > 0 else { return [] }
        let bytes = try file.read(at: inode.attributes, Int(inode.attributesSize))
        let shared = Int(bytes[4])
        guard 12 + 4 * shared <= bytes.count else { throw damaged(path) }
        var found: [ExtendedAttribute] = []
        for index in 0..<shared {
            let place = sharedAttributes + 4 * UInt64(bytes.littleEndian(12 + 4 * index, UInt32.self))
            let head = try file.read(at: place, 4)
            let size = 4 + Int(head[0]) + Int(head.littleEndian(2, UInt16.self))
            found.append(try attribute(in: file.read(at: place, size), at: 0, path).attribute)
        }
        var place = 12 + 4 * shared
        while place + 4 <= bytes.count {
            let (attribute, end) = try attribute(in: bytes, at: place, path)
            found.append(attribute)
            place = (end + 3) / 4 * 4
        }
        guard found.reduce(0, { $0 + $1.value.count }) <= Self.limit else { throw damaged(path) }
        return found.sorted { $0.name < $1.name }
    }

    private func damaged(_ path: BytePath) -> DiskError {
        DiskError(.damaged, "\(file.name): the attributes of \(path.string) are damaged")
    }

    /// The attribute at a place, and where it ends.
    ///
    /// Access control lists are as the kernel hands them out.
    private func attribute(
        in bytes: [UInt8],
        at place: Int,
        _ path: BytePath
    ) throws(DiskError) -> (attribute: ExtendedAttribute, end: Int) {
        let value = place + 4 + Int(bytes[place])
        let end = value + Int(bytes.littleEndian(place + 2, UInt16.self))
        guard end <= bytes.count, let prefix = Self.prefixes[bytes[place + 1]] else { throw damaged(path) }
        let name = prefix + String(decoding: bytes[(place + 4)..<value], as: UTF8.self)
        return (ExtendedAttribute(name: name, value: Array(bytes[value..<end])), end)
    }
}
