extension PartitionTable {
    /// Bytes and their place on the disk.
    public struct Region: Sendable, Equatable {
        public let offset: UInt64
        public let bytes: [UInt8]
    }

    /// Everything of the table that is written: the protective record with header and entries, and the copy at the end.
    ///
    /// - Parameter bootCode: At most 440 bytes for the start of the first sector, for firmware without UEFI.
    /// - Returns: The regions in the order of the disk.
    /// - Throws: `layout` if the boot code is too long.
    public func regions(bootCode: [UInt8] = []) throws(DiskError) -> [Region] {
        guard bootCode.count <= 440 else {
            throw DiskError(.layout, "Boot code of \(bootCode.count) bytes does not fit in 440 bytes")
        }
        let entries = encodedEntries
        let checksum = CRC32.of(entries)
        let entrySectors = Self.entrySectors(sectorSize)
        let last = sectorCount - 1
        var front = protectiveRecord(bootCode: bootCode)
        front += header(at: 1, other: last, entries: 2, checksum: checksum)
        front += entries
        let back = entries + header(at: last, other: 1, entries: last - entrySectors, checksum: checksum)
        return [
            Region(offset: 0, bytes: front),
            Region(offset: (last - entrySectors) * sectorSize, bytes: back),
        ]
    }

    private var encodedEntries: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.capacity * Self.entrySize)
        for entry in entries {
            guard let entry else {
                bytes.append(contentsOf: repeatElement(0, count: Self.entrySize))
                continue
            }
            bytes += entry.type.diskBytes + entry.identifier.diskBytes
            bytes.append(littleEndian: entry.sectors.lowerBound)
            bytes.append(littleEndian: entry.sectors.upperBound)
            bytes.append(littleEndian: entry.attributes)
            let units = entry.label.utf16
            for unit in units { bytes.append(littleEndian: unit) }
            bytes.append(contentsOf: repeatElement(0, count: 2 * (Self.labelLimit - units.count)))
        }
        bytes.append(contentsOf: repeatElement(0, count: Self.capacity * Self.entrySize - bytes.count))
        return bytes
    }

    /// One sector.
    private func header(at sector: UInt64, other: UInt64, entries: UInt64, checksum: UInt32) -> [UInt8] {
        var bytes = Array("EFI PART".utf8)
        bytes.append(littleEndian: UInt32(0x0001_0000))
        bytes.append(littleEndian: UInt32(Self.headerSize))
        bytes.append(littleEndian: UInt32(0))
        bytes.append(littleEndian: UInt32(0))
        for number in [sector, other, usableSectors.lowerBound, usableSectors.upperBound] {
            bytes.append(littleEndian: number)
        }
        bytes += diskIdentifier.diskBytes
        bytes.append(littleEndian: entries)
        bytes.append(littleEndian: UInt32(Self.capacity))
        bytes.append(littleEndian: UInt32(Self.entrySize))
        bytes.append(littleEndian: checksum)
        var own: [UInt8] = []
        own.append(littleEndian: CRC32.of(bytes))
        bytes.replaceSubrange(16..<20, with: own)
        bytes.append(contentsOf: repeatElement(0, count: Int(sectorSize) - bytes.count))
        return bytes
    }

    static let headerSize = 92

    /// One sector: a master boot record with one partition over the whole disk (UEFI 2.10 section 5.2.3).
    private func protectiveRecord(bootCode: [UInt8]) -> [UInt8] {
        var bytes = bootCode
        bytes.append(contentsOf: repeatElement(0, count: 446 - bytes.count))
        // Not active; the addresses by cylinder say nothing, as nothing can be addressed by them.
        bytes += [0x00, 0x00, 0x02, 0x00, 0xee, 0xff, 0xff, 0xff]
        bytes.append(littleEndian: UInt32(1))
        bytes.append(littleEndian: UInt32(clamping: sectorCount - 1))
        bytes.append(contentsOf: repeatElement(0, count: 510 - bytes.count))
        bytes += [0x55, 0xaa]
        bytes.append(contentsOf: repeatElement(0, count: Int(sectorSize) - bytes.count))
        return bytes
    }
}

extension [UInt8] {
    /// Appends a number, its lowest byte first.
    mutating func append<Number: FixedWidthInteger>(littleEndian number: Number) {
        Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
    }
}
