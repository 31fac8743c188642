/// A GUID partition table (UEFI 2.10 chapter 5) as a value.
///
///     sector 0          protective master boot record
///     sector 1          header
///     sectors 2 …       128 entries of 128 bytes
///     firstUsable …     partitions
///     … lastUsable
///     … last but one    copy of the entries
///     last              copy of the header
public struct PartitionTable: Sendable, Equatable {
    public var diskIdentifier: GUID
    /// Bytes in a sector: a power of two from 512 to 4096.
    public let sectorSize: UInt64
    /// Sectors of the whole disk.
    public let sectorCount: UInt64
    /// The first and the last sector that a partition may have.
    public var usableSectors: ClosedRange<UInt64>
    /// The partitions by slot, at most 128; nil for a free slot.
    public private(set) var entries: [Entry?] = []

    /// One partition.
    public struct Entry: Sendable, Equatable {
        public var type: GUID
        public var identifier: GUID
        /// The first and the last sector.
        public var sectors: ClosedRange<UInt64>
        /// The 64 attribute bits; those from 48 on belong to the type.
        public var attributes: UInt64
        /// At most 36 units of UTF-16.
        public var label: String

        public init(
            type: GUID,
            identifier: GUID,
            sectors: ClosedRange<UInt64>,
            attributes: UInt64 = 0,
            label: String = ""
        ) {
            self.type = type
            self.identifier = identifier
            self.sectors = sectors
            self.attributes = attributes
            self.label = label
        }
    }

    /// The number of entries in a table, and the bytes of one.
    static let capacity = 128
    static let entrySize = 128
    /// Units of UTF-16 in a label.
    public static let labelLimit = 36
    /// The first byte that partitions may have on all but the smallest disks, as with fdisk(8) and systemd-repart(8).
    static let firstUsableByte: UInt64 = 1 << 20
    /// A disk of at most this many bytes has no room to spare, and its partitions begin right behind the entries.
    static let smallDisk: UInt64 = 4 << 20

    /// An empty table.
    ///
    /// Throws `layout` unless the disk has room for both copies of the table and the sector size is possible.
    public init(diskIdentifier: GUID, sectorSize: UInt64 = 512, sectorCount: UInt64) throws(DiskError) {
        try Self.check(sectorSize: sectorSize)
        let tail = Self.entrySectors(sectorSize) + 1
        guard sectorCount <= UInt64(Int64.max) / sectorSize, sectorCount > 2 * tail + 1 else {
            throw DiskError(.layout, "A disk of \(sectorCount) sectors has no room for a partition table")
        }
        let isSmall = sectorCount * sectorSize <= Self.smallDisk
        let first = isSmall ? tail + 1 : Self.firstUsableByte / sectorSize
        self.diskIdentifier = diskIdentifier
        self.sectorSize = sectorSize
        self.sectorCount = sectorCount
        usableSectors = first...(sectorCount - 1 - tail)
    }

    static func check(sectorSize: UInt64) throws(DiskError) {
        guard [512, 1024, 2048, 4096].contains(sectorSize) else {
            throw DiskError(
                .layout,
                "Sectors cannot have \(sectorSize) bytes",
                hint: "Use 512, 1024, 2048 or 4096"
            )
        }
    }

    /// The sectors that the entries take.
    static func entrySectors(_ sectorSize: UInt64) -> UInt64 {
        UInt64(capacity * entrySize) / sectorSize
    }

    /// Puts a partition into a slot, the lowest free one unless another is given.
    ///
    /// Throws `layout` if it overlaps another partition, is outside the usable sectors, or its label is too long.
    public mutating func add(_ entry: Entry, slot: Int? = nil) throws(DiskError) {
        let slot = slot ?? entries.firstIndex { $0 == nil } ?? entries.count
        guard slot >= 0, slot < Self.capacity else {
            throw DiskError(.layout, "A partition table has at most \(Self.capacity) entries")
        }
        guard slot >= entries.count || entries[slot] == nil else {
            throw DiskError(.layout, "Partition \(slot + 1) already exists")
        }
        guard !entry.type.bytes.allSatisfy({ $0 == 0 }) else {
            throw DiskError(.layout, "Partition \(slot + 1) has no type")
        }
        guard entry.label.utf16.count <= Self.labelLimit else {
            throw DiskError(.layout, "The label \(entry.label) is longer than \(Self.labelLimit) characters")
        }
        let sectors = entry.sectors
        guard usableSectors.contains(sectors.lowerBound), usableSectors.contains(sectors.upperBound) else {
            throw DiskError(
                .layout,
                "Partition \(slot + 1) (sectors \(sectors.lowerBound) to \(sectors.upperBound)) is outside the "
                    + "usable sectors \(usableSectors.lowerBound) to \(usableSectors.upperBound)"
            )
        }
        if let other = entries.firstIndex(where: { $0?.sectors.overlaps(sectors) == true }) {
            throw DiskError(.layout, "Partition \(slot + 1) overlaps partition \(other + 1)")
        }
        while entries.count <= slot { entries.append(nil) }
        entries[slot] = entry
    }

    /// The same partitions, in bytes where they were, on a disk of another size or with other sectors.
    ///
    /// Throws `layout` if the other disk is too small or a partition does not begin and end with one of its sectors.
    public func relocated(sectorSize: UInt64, sectorCount: UInt64) throws(DiskError) -> PartitionTable {
        var table = try PartitionTable(
            diskIdentifier: diskIdentifier,
            sectorSize: sectorSize,
            sectorCount: sectorCount
        )
        // A small disk has partitions in front of where they begin on a larger one.
        let start = usableSectors.lowerBound * self.sectorSize / sectorSize
        let lowest = Self.entrySectors(sectorSize) + 2
        if start < table.usableSectors.lowerBound, start >= lowest {
            table.usableSectors = start...table.usableSectors.upperBound
        }
        for (slot, entry) in entries.enumerated() {
            guard var entry else { continue }
            let first = entry.sectors.lowerBound * self.sectorSize
            let end = (entry.sectors.upperBound + 1) * self.sectorSize
            guard first % sectorSize == 0, end % sectorSize == 0 else {
                throw DiskError(
                    .layout,
                    "Partition \(slot + 1) does not begin and end at a multiple of \(sectorSize) bytes"
                )
            }
            entry.sectors = first / sectorSize...(end / sectorSize - 1)
            try table.add(entry, slot: slot)
        }
        return table
    }
}
