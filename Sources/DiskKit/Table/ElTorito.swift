/// The beginning of optical media, by which firmware starts the EFI system partition of a disk image that is written to one.
///
/// It is a file system of ISO 9660 without files (ECMA-119), and a catalog of what can be started (El Torito 1.0; UEFI
/// specification, section 13.3.2). All of it is between the partition table and the first partition.
public struct ElTorito: Sendable, Equatable {
    /// At most 32 characters.
    public var system: String
    /// At most 32 characters.
    public var volume: String
    /// At most 128 characters.
    public var publisher: String

    public init(system: String = "", volume: String = "", publisher: String = "") {
        self.system = system
        self.volume = volume
        self.publisher = publisher
    }

    private static let sectorSize: UInt64 = 2048
    // Sectors of the descriptors, and of what they name.
    private static let primary: UInt64 = 16
    private static let catalog: UInt64 = 19
    private static let tables = (little: UInt64(20), big: UInt64(21))
    private static let root: UInt64 = 22
    /// The first byte behind everything.
    static let end = 23 * sectorSize

    /// Checks the texts.
    ///
    /// - Throws: `layout` for one that is too long, or is not ASCII.
    public func check() throws(DiskError) {
        for (name, text, limit) in [("System", system, 32), ("Volume", volume, 32), ("Publisher", publisher, 128)] {
            guard text.utf8.count <= limit, text.utf8.allSatisfy({ (0x20..<0x7f).contains($0) }) else {
                throw DiskError(.layout, "ElTorito\(name)=\(text) is not a text of at most \(limit) ASCII characters")
            }
        }
    }

    /// Describes the medium.
    ///
    /// - Parameters:
    ///   - table: The partitions of the disk.
    ///   - partition: The bytes of the disk that firmware is to start: a file system with an EFI program.
    /// - Returns: The bytes and their place on the disk.
    /// - Throws: `layout` if there is no room, or a text does not fit.
    public func region(
        on table: PartitionTable,
        starting partition: Range<UInt64>
    ) throws(DiskError) -> PartitionTable.Region {
        try check()
        let used = table.entries.compactMap { $0.map { $0.sectors.lowerBound * table.sectorSize } }.min() ?? .max
        guard partition.lowerBound % Self.sectorSize == 0, used >= Self.end else {
            throw DiskError(
                .layout,
                "There is no room for an El Torito catalog in front of the first partition",
                hint: "Let partitions begin at 1 MiB, or set ElTorito=no"
            )
        }
        let size = table.sectorCount * table.sectorSize / Self.sectorSize
        var bytes = primaryDescriptor(size: size)
        bytes += Self.bootRecord + Self.terminator + Self.catalogSector(partition)
        bytes += Self.pathTable(isBig: false) + Self.pathTable(isBig: true) + Self.rootDirectory
        return PartitionTable.Region(offset: Self.primary * Self.sectorSize, bytes: bytes)
    }

    // MARK: - Descriptors

    private func primaryDescriptor(size: UInt64) -> [UInt8] {
        var bytes: [UInt8] = [1] + Array("CD001".utf8) + [1, 0]
        bytes += Self.text(system, 32) + Self.text(volume, 32) + Self.zeros(8)
        bytes += Self.both(UInt32(clamping: size)) + Self.zeros(32)
        bytes += Self.both(UInt16(1)) + Self.both(UInt16(1)) + Self.both(UInt16(Self.sectorSize))
        bytes += Self.both(UInt32(Self.pathEntrySize))
        bytes.append(littleEndian: UInt32(Self.tables.little))
        bytes.append(littleEndian: UInt32(0))
        bytes += Self.big(UInt32(Self.tables.big)) + Self.zeros(4)
        bytes += Self.directoryRecord(named: 0)
        // Set, publisher, who prepared the data, and with what; then three files that say more.
        bytes += Self.text("", 128) + Self.text(publisher, 128) + Self.text("", 128) + Self.text("", 128)
        bytes += Self.text("", 37 * 3)
        // No times are known: digits of zero, and the zone.
        for _ in 0..<4 { bytes += [UInt8](repeating: UInt8(ascii: "0"), count: 16) + [0] }
        bytes += [1, 0]
        return Self.sector(bytes)
    }

    private static var bootRecord: [UInt8] {
        var bytes: [UInt8] = [0] + Array("CD001".utf8) + [1] + Array("EL TORITO SPECIFICATION".utf8)
        bytes += zeros(71 - bytes.count)
        bytes.append(littleEndian: UInt32(catalog))
        return sector(bytes)
    }

    private static var terminator: [UInt8] { sector([255] + Array("CD001".utf8) + [1]) }

    /// One entry, for EFI; the first one says that it is a catalog, and its words add up to zero.
    private static func catalogSector(_ partition: Range<UInt64>) -> [UInt8] {
        var first: [UInt8] = [1, 0xef, 0, 0] + zeros(24)
        first.append(littleEndian: UInt16(0))
        first += [0x55, 0xaa]
        let sum = stride(from: 0, to: 32, by: 2).reduce(UInt16(0)) { $0 &+ first.littleEndian($1, UInt16.self) }
        var checksum: [UInt8] = []
        checksum.append(littleEndian: 0 &- sum)
        first.replaceSubrange(28..<30, with: checksum)
        var entry: [UInt8] = [0x88, 0, 0, 0, 0, 0]
        // Sectors of 512 bytes; where there is no room for the number, zero stands for all that follows.
        let count = (partition.upperBound - partition.lowerBound) / 512
        entry.append(littleEndian: UInt16(exactly: count) ?? 0)
        entry.append(littleEndian: UInt32(clamping: partition.lowerBound / sectorSize))
        return sector(first + entry)
    }

    // MARK: - The empty file system

    private static let pathEntrySize = 10

    private static func pathTable(isBig: Bool) -> [UInt8] {
        var bytes: [UInt8] = [1, 0]
        if isBig {
            bytes += big(UInt32(root)) + [0, 1]
        } else {
            bytes.append(littleEndian: UInt32(root))
            bytes += [1, 0]
        }
        return sector(bytes + [0, 0])
    }

    /// The directory and its parent, which is itself.
    private static var rootDirectory: [UInt8] { sector(directoryRecord(named: 0) + directoryRecord(named: 1)) }

    private static func directoryRecord(named name: UInt8) -> [UInt8] {
        var bytes: [UInt8] = [34, 0] + both(UInt32(root)) + both(UInt32(sectorSize))
        // The time is not known; it is a directory.
        bytes += zeros(7) + [2, 0, 0] + both(UInt16(1)) + [1, name]
        return bytes
    }

    // MARK: - Parts

    private static func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }

    private static func sector(_ bytes: [UInt8]) -> [UInt8] { bytes + zeros(Int(sectorSize) - bytes.count) }

    private static func text(_ text: String, _ count: Int) -> [UInt8] {
        Array(text.utf8) + [UInt8](repeating: 0x20, count: count - text.utf8.count)
    }

    /// The highest byte first.
    private static func big<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(littleEndian: number.byteSwapped)
        return bytes
    }

    /// In both orders.
    private static func both<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(littleEndian: number)
        return bytes + big(number)
    }
}
