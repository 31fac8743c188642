extension PartitionTable {
    /// Reads the table of a disk, from its end if the first copy is damaged.
    ///
    /// - Parameters:
    ///   - size: Bytes of the disk.
    ///   - sectorSize: Bytes in a sector; found out by where the header is if it is nil.
    ///   - read: Returns the requested number of bytes from an offset within the disk.
    /// - Returns: The table of the first valid copy.
    /// - Throws: `damaged` if neither copy is valid, and what `read` throws.
    public static func reading(
        size: UInt64,
        sectorSize: UInt64? = nil,
        read: (_ offset: UInt64, _ count: Int) throws(DiskError) -> [UInt8]
    ) throws(DiskError) -> PartitionTable {
        var reason = "there is no GPT header"
        for candidate in sectorSize.map({ [$0] }) ?? [512, 4096, 1024, 2048] {
            try check(sectorSize: candidate)
            let count = size / candidate
            guard count > 2 * (entrySectors(candidate) + 1) + 1 else { continue }
            for sector in [1, count - 1] {
                let header = try read(sector * candidate, Int(candidate))
                guard header.count == Int(candidate), header.starts(with: "EFI PART".utf8) else { continue }
                do throws(DiskError) {
                    let fields = try Header(header, sector: sector, sectorCount: count, sectorSize: candidate)
                    let bytes = try read(fields.entries * candidate, fields.entryCount * fields.entrySize)
                    return try PartitionTable(fields, entries: bytes, sectorSize: candidate, sectorCount: count)
                } catch {
                    reason = error.message
                }
            }
        }
        throw DiskError(.damaged, "Cannot read the partition table: \(reason)")
    }

    private init(_ header: Header, entries bytes: [UInt8], sectorSize: UInt64, sectorCount: UInt64) throws(DiskError) {
        guard bytes.count == header.entryCount * header.entrySize, CRC32.of(bytes) == header.entriesChecksum else {
            throw DiskError(.damaged, "the checksum of the entries does not match")
        }
        diskIdentifier = header.diskIdentifier
        self.sectorSize = sectorSize
        self.sectorCount = sectorCount
        usableSectors = header.usableSectors
        for slot in 0..<header.entryCount {
            let entry = bytes[(slot * header.entrySize)...].prefix(Self.entrySize)
            guard let type = GUID(diskBytes: entry.prefix(16)), type != .zero else { continue }
            guard slot < Self.capacity else {
                throw DiskError(.damaged, "there are more than \(Self.capacity) partitions")
            }
            let (first, last) = (entry.littleEndian(32, UInt64.self), entry.littleEndian(40, UInt64.self))
            guard first <= last else { throw DiskError(.damaged, "partition \(slot + 1) ends before it begins") }
            let units = (0..<Self.labelLimit).map { entry.littleEndian(56 + 2 * $0, UInt16.self) }
            try add(
                Entry(
                    type: type,
                    identifier: GUID(diskBytes: entry.dropFirst(16).prefix(16)) ?? .zero,
                    sectors: first...last,
                    attributes: entry.littleEndian(48, UInt64.self),
                    label: String(decoding: units.prefix { $0 != 0 }, as: UTF16.self)
                ),
                slot: slot
            )
        }
    }

    /// The fields of a header that its checksum vouches for.
    private struct Header {
        let diskIdentifier: GUID
        let usableSectors: ClosedRange<UInt64>
        /// The first sector of the entries.
        let entries: UInt64
        let entryCount: Int
        let entrySize: Int
        let entriesChecksum: UInt32

        init(_ bytes: [UInt8], sector: UInt64, sectorCount: UInt64, sectorSize: UInt64) throws(DiskError) {
            let size = Int(bytes.littleEndian(12, UInt32.self))
            guard size >= PartitionTable.headerSize, size <= bytes.count else {
                throw DiskError(.damaged, "the header says that it has \(size) bytes")
            }
            var covered = Array(bytes.prefix(size))
            covered.replaceSubrange(16..<20, with: [0, 0, 0, 0])
            guard CRC32.of(covered) == bytes.littleEndian(16, UInt32.self) else {
                throw DiskError(.damaged, "the checksum of the header does not match")
            }
            guard bytes.littleEndian(24, UInt64.self) == sector else {
                throw DiskError(.damaged, "the header is not in the sector that it states")
            }
            let (first, last) = (bytes.littleEndian(40, UInt64.self), bytes.littleEndian(48, UInt64.self))
            entries = bytes.littleEndian(72, UInt64.self)
            entryCount = Int(bytes.littleEndian(80, UInt32.self))
            entrySize = Int(bytes.littleEndian(84, UInt32.self))
            // Limits well above what any tool writes keep a hostile header from asking for much memory.
            guard entryCount <= 4096, (PartitionTable.entrySize...4096).contains(entrySize), entrySize % 128 == 0 else {
                throw DiskError(.damaged, "the header states \(entryCount) entries of \(entrySize) bytes")
            }
            let length = (UInt64(entryCount * entrySize) + sectorSize - 1) / sectorSize
            guard first <= last, last < sectorCount, entries < sectorCount, length <= sectorCount - entries else {
                throw DiskError(.damaged, "the header names sectors beyond the end of the disk")
            }
            usableSectors = first...last
            entriesChecksum = bytes.littleEndian(88, UInt32.self)
            diskIdentifier = GUID(diskBytes: bytes[56..<72]) ?? .zero
        }
    }
}

extension RandomAccessCollection<UInt8> {
    /// The number at an offset, its lowest byte first.
    func littleEndian<Number: FixedWidthInteger>(_ offset: Int, _ type: Number.Type) -> Number {
        let start = index(startIndex, offsetBy: offset)
        return self[start...].prefix(Number.bitWidth / 8).reversed().reduce(0) { $0 << 8 | Number($1) }
    }
}
