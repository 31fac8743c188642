extension DiskLayout {
    /// The layout for people: a line for each partition with its place, size and free space.
    ///
    /// - Parameter contents: Bytes that the content of partitions takes, by the definition's name.
    /// - Returns: A title, a line for each partition, and one for each that does not fit.
    public func lines(contents: [String: UInt64] = [:]) -> [String] {
        let title =
            "Disk of \(Self.text(table.sectorCount * table.sectorSize)) with sectors of \(table.sectorSize) bytes:"
        return [title]
            + partitions.map { place in
                let free = contents[place.definition.name].map { place.size > $0 ? place.size - $0 : 0 }
                let end = free.map { ", \(Self.text($0)) free" } ?? ""
                let content = place.definition.fileSystem.map { " \($0)" } ?? ""
                let padding = place.padding > 0 ? ", \(Self.text(place.padding)) behind it unused" : ""
                return
                    "\(place.slot + 1) \(place.label)\(content): \(Self.text(place.size)) at \(Self.text(place.offset))"
                    + end + padding
            } + dropped.map { "\($0) does not fit and is left out" }
    }

    /// Bytes in the largest unit of which there is at least one.
    private static func text(_ bytes: UInt64) -> String {
        let units = ["bytes", "KiB", "MiB", "GiB", "TiB"]
        var index = 0
        while index + 1 < units.count, bytes >> (10 * UInt64(index + 1)) > 0 { index += 1 }
        let unit = UInt64(1) << (10 * UInt64(index))
        let tenths = bytes % unit * 10 / unit
        return "\(bytes / unit)" + (tenths > 0 ? ".\(tenths)" : "") + " \(units[index])"
    }

    /// The same partitions on a larger disk; the space behind them is free.
    public func resized(to size: UInt64) throws(DiskError) -> DiskLayout {
        let alignment = max(table.sectorSize, PartitionDefinition.alignment)
        let sectors = size / alignment * alignment / table.sectorSize
        let table = try table.relocated(sectorSize: table.sectorSize, sectorCount: sectors)
        return DiskLayout(table: table, partitions: partitions, dropped: dropped)
    }

    private init(table: PartitionTable, partitions: [Placement], dropped: [String]) {
        self.table = table
        self.partitions = partitions
        self.dropped = dropped
    }
}
