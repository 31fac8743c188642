/// The numbers of a FAT file system, by Microsoft's specification (FAT32 File System Specification 1.03).
///
///     reserved sectors    boot sector; with FAT32 its copy and the counts of free space
///     two tables          one entry a cluster
///     root directory      not with FAT32, where it is a chain of clusters
///     clusters
struct FATGeometry: Sendable, Equatable {
    enum Kind: Int, Sendable {
        case fat12 = 12
        case fat16 = 16
        case fat32 = 32
    }

    let kind: Kind
    let sectorSize: UInt64
    let sectors: UInt64
    let sectorsPerCluster: UInt64
    let reservedSectors: UInt64
    let tableSectors: UInt64
    /// Data clusters; the first is number 2.
    let clusters: UInt64

    static let tables: UInt64 = 2
    static let rootEntries: UInt64 = 512

    var clusterSize: UInt64 { sectorSize * sectorsPerCluster }
    var rootSectors: UInt64 { kind == .fat32 ? 0 : Self.rootEntries * 32 / sectorSize }
    /// Bytes in front of the first cluster.
    var dataOffset: UInt64 { (reservedSectors + Self.tables * tableSectors + rootSectors) * sectorSize }
    var rootOffset: UInt64 { (reservedSectors + Self.tables * tableSectors) * sectorSize }

    func offset(ofCluster number: UInt64) -> UInt64 { dataOffset + (number - 2) * clusterSize }

    /// The geometry of a partition: FAT32 if it has clusters enough, which firmware likes best.
    ///
    /// Throws `layout` if the partition is too small for any, or too large.
    init(size: UInt64, sectorSize: UInt64) throws(DiskError) {
        let sectors = size / sectorSize
        guard sectors <= UInt64(UInt32.max) else {
            throw DiskError(.layout, "A FAT file system cannot have \(size) bytes")
        }
        let preferred: UInt64 = size <= 260 << 20 ? 512 : size <= 8 << 30 ? 4096 : size <= 16 << 30 ? 8192 : 32768
        let first = max(preferred, sectorSize) / sectorSize
        // The limits between the kinds are exact; some readers are off by a few clusters.
        if let found = Self(.fat32, sectors, sectorSize, first), found.clusters >= 65525 + 16 {
            self = found
            return
        }
        for (kind, limits) in [(Kind.fat16, UInt64(4085 + 16)...UInt64(65524 - 16)), (.fat12, 1...(4084 - 16))] {
            var count: UInt64 = max(512, sectorSize) / sectorSize
            while count * sectorSize <= 32768 {
                if let found = Self(kind, sectors, sectorSize, count), limits.contains(found.clusters) {
                    self = found
                    return
                }
                count *= 2
            }
        }
        throw DiskError(.layout, "A FAT file system cannot have \(size) bytes")
    }

    private init?(_ kind: Kind, _ sectors: UInt64, _ sectorSize: UInt64, _ sectorsPerCluster: UInt64) {
        let root = kind == .fat32 ? 0 : Self.rootEntries * 32 / sectorSize
        var reserved: UInt64 = kind == .fat32 ? 32 : 1
        var table: UInt64 = 1
        var clusters: UInt64 = 0
        // Converges: a larger table leaves fewer clusters.
        for _ in 0..<8 {
            let used = reserved + Self.tables * table + root
            guard used < sectors else { return nil }
            clusters = (sectors - used) / sectorsPerCluster
            table = ((clusters + 2) * UInt64(kind.rawValue) / 8 + sectorSize) / sectorSize
            // Clusters begin at a page, so that blocks can be shared with the source.
            while (reserved + Self.tables * table + root) * sectorSize % 4096 != 0 { reserved += 1 }
        }
        let used = reserved + Self.tables * table + root
        guard used < sectors else { return nil }
        self.kind = kind
        self.sectorSize = sectorSize
        self.sectors = sectors
        self.sectorsPerCluster = sectorsPerCluster
        reservedSectors = reserved
        tableSectors = table
        self.clusters = min((sectors - used) / sectorsPerCluster, table * sectorSize * 8 / UInt64(kind.rawValue) - 2)
    }

    /// The first sector, with the places of everything else.
    func bootSector(identifier: UInt32, label: [UInt8], hiddenSectors: UInt64) -> [UInt8] {
        let isLarge = kind == .fat32
        var bytes: [UInt8] = isLarge ? [0xeb, 0x58, 0x90] : [0xeb, 0x3c, 0x90]
        bytes += Array("mkosi   ".utf8)
        bytes.append(littleEndian: UInt16(sectorSize))
        bytes.append(UInt8(sectorsPerCluster))
        bytes.append(littleEndian: UInt16(reservedSectors))
        bytes.append(UInt8(Self.tables))
        bytes.append(littleEndian: UInt16(isLarge ? 0 : Self.rootEntries))
        let isShort = !isLarge && sectors < 65536
        bytes.append(littleEndian: UInt16(isShort ? sectors : 0))
        bytes.append(0xf8)
        bytes.append(littleEndian: UInt16(isLarge ? 0 : tableSectors))
        // A geometry that says nothing, as disks are not addressed by it.
        bytes.append(littleEndian: UInt16(32))
        bytes.append(littleEndian: UInt16(64))
        bytes.append(littleEndian: UInt32(clamping: hiddenSectors))
        bytes.append(littleEndian: UInt32(isShort ? 0 : sectors))
        if isLarge {
            bytes.append(littleEndian: UInt32(tableSectors))
            bytes.append(littleEndian: UInt32(0))
            bytes.append(littleEndian: UInt32(2))
            bytes.append(littleEndian: UInt16(1))
            bytes.append(littleEndian: UInt16(6))
            bytes += [UInt8](repeating: 0, count: 12)
        }
        bytes += [0x80, 0, 0x29]
        bytes.append(littleEndian: identifier)
        bytes += label + Array("FAT\(kind.rawValue)   ".utf8)
        // Whoever starts it waits for ever.
        bytes += [0xf4, 0xeb, 0xfd]
        bytes += [UInt8](repeating: 0, count: 510 - bytes.count) + [0x55, 0xaa]
        return bytes + [UInt8](repeating: 0, count: Int(sectorSize) - bytes.count)
    }

    /// The sector of FAT32 with the number of free clusters, and where the first is.
    func information(free: UInt64, next: UInt64) -> [UInt8] {
        var bytes = Array("RRaA".utf8) + [UInt8](repeating: 0, count: 480) + Array("rrAa".utf8)
        bytes.append(littleEndian: UInt32(free))
        bytes.append(littleEndian: UInt32(next))
        bytes += [UInt8](repeating: 0, count: 14) + [0x55, 0xaa]
        return bytes + [UInt8](repeating: 0, count: Int(sectorSize) - bytes.count)
    }
}
