@testable import DiskKit

/// Reads the partition table of a small disk: there is a table that can be written and read again, or an error.
enum PartitionTableFuzz {
    private static let size: UInt64 = 1 << 20

    /// The input is the beginning of the disk; what is beyond it is the end of the disk as well.
    static func run(_ bytes: [UInt8]) {
        var front = bytes
        for sector in [512, 1024, 2048, 4096] { vouch(&front, sector) }
        do throws(DiskError) {
            let table = try read(front)
            check(table)
        } catch {
            if error.message.isEmpty { broken("an error has a text", "\(error)") }
        }
    }

    private static func read(_ front: [UInt8]) throws(DiskError) -> PartitionTable {
        try PartitionTable.reading(size: size) { (offset, count) throws(DiskError) in
            guard offset <= size, UInt64(count) <= size - offset else {
                broken("reads are within the disk", "\(offset) and \(count)")
            }
            let end = Int(min(offset, UInt64(front.count)))
            let part = front[end...].prefix(count)
            return Array(part) + [UInt8](repeating: 0, count: count - part.count)
        }
    }

    /// Puts in the checksums, which no mutation finds.
    private static func vouch(_ bytes: inout [UInt8], _ sector: Int) {
        guard bytes.count >= 2 * sector, bytes[sector...].starts(with: "EFI PART".utf8) else { return }
        let header = bytes[sector...].prefix(sector)
        let (place, count) = (header.littleEndian(72, UInt64.self), header.littleEndian(80, UInt32.self))
        let entrySize = header.littleEndian(84, UInt32.self)
        let headerSize = Int(header.littleEndian(12, UInt32.self))
        guard place < 64, count <= 256, entrySize <= 256, (92...sector).contains(headerSize) else { return }
        let start = min(Int(place) * sector, bytes.count)
        let length = Int(count * entrySize)
        let entries = Array(bytes[start...].prefix(length))
        let filled = entries + [UInt8](repeating: 0, count: length - entries.count)
        bytes.replace(littleEndian: CRC32.of(filled), at: sector + 88)
        bytes.replace(littleEndian: UInt32(0), at: sector + 16)
        bytes.replace(littleEndian: CRC32.of(Array(bytes[sector...].prefix(headerSize))), at: sector + 16)
    }

    private static func check(_ table: PartitionTable) {
        let partitions = table.entries.compactMap(\.self)
        for entry in partitions where !table.usableSectors.contains(entry.sectors.upperBound) {
            broken("partitions are within the usable sectors", "\(entry)")
        }
        for (index, entry) in partitions.enumerated() {
            if partitions[..<index].contains(where: { $0.sectors.overlaps(entry.sectors) }) {
                broken("partitions do not overlap", "\(entry)")
            }
        }
        do throws(DiskError) {
            let regions = try table.regions()
            let again = try PartitionTable.reading(size: size, sectorSize: table.sectorSize) { offset, count in
                var part = [UInt8](repeating: 0, count: count)
                for region in regions {
                    for index in part.indices {
                        let place = offset + UInt64(index)
                        if place >= region.offset, place < region.offset + UInt64(region.bytes.count) {
                            part[index] = region.bytes[Int(place - region.offset)]
                        }
                    }
                }
                return part
            }
            if again != table { broken("a written table is read again", "\(table)\n\(again)") }
        } catch {
            // Entries of a foreign table may begin where ours has its own.
            if error.code != .layout { broken("a table can be written", error.message) }
        }
    }
}
