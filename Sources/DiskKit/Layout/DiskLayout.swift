/// The places of the partitions of a disk.
public struct DiskLayout: Sendable, Equatable {
    public let table: PartitionTable
    /// The partitions that got a place, in the order of their definitions.
    public let partitions: [Placement]
    /// The definitions that did not fit and could be left out, by name.
    public let dropped: [String]

    public struct Placement: Sendable, Equatable {
        public let definition: PartitionDefinition
        /// The place in the table, from 0.
        public let slot: Int
        public let identifier: GUID
        public let label: String
        /// Bytes from the beginning of the disk.
        public let offset: UInt64
        public let size: UInt64
        /// Free bytes behind the partition.
        public let padding: UInt64
    }

    /// Places partitions on a new disk as systemd-repart(8) does, and derives their identifiers and labels.
    ///
    /// - Parameters:
    ///   - definitions: Those of all partitions, in order.
    ///   - size: Bytes of the disk; nil for the smallest that holds all of them.
    ///   - sectorSize: Bytes in a sector of the disk.
    ///   - seed: From which identifiers are derived.
    ///   - needs: Bytes that the content of partitions takes at least, by the definition's name.
    ///   - identifiers: Identifiers of partitions that are not derived from the seed, by the definition's name.
    /// - Throws: `layout` if the partitions do not fit, saying by how many bytes.
    public init(
        _ definitions: [PartitionDefinition],
        size: UInt64?,
        sectorSize: UInt64 = 512,
        seed: GUID,
        needs: [String: UInt64] = [:],
        identifiers: [String: GUID] = [:]
    ) throws(DiskError) {
        try PartitionTable.check(sectorSize: sectorSize)
        let alignment = max(sectorSize, PartitionDefinition.alignment)
        // Supplements have been merged into their targets.
        var kept = definitions.filter { !$0.isSupplement }
        let size = if let size { size } else { try Self.smallestSize(kept, needs, alignment) }
        var dropped: [String] = []
        var table = try PartitionTable(
            diskIdentifier: DerivedIdentifiers(seed: seed).disk(),
            sectorSize: sectorSize,
            sectorCount: size / sectorSize
        )
        let start = (table.usableSectors.lowerBound * sectorSize + alignment - 1) / alignment * alignment
        let space = (table.usableSectors.upperBound + 1) * sectorSize / alignment * alignment - start
        var sizes = Self.divide(space, kept, needs, alignment)
        while sizes == nil {
            guard let worst = kept.map(\.priority).max(), worst > 0 else { break }
            dropped += kept.filter { $0.priority == worst }.map(\.name)
            kept.removeAll { $0.priority == worst }
            sizes = Self.divide(space, kept, needs, alignment)
        }
        guard let sizes else {
            let missing = try Self.smallestSize(kept, needs, alignment) - size
            throw DiskError(
                .layout,
                "The partitions do not fit: the disk has \(size) bytes, which is \(missing) too few",
                hint: "Make the disk larger or the partitions smaller"
            )
        }
        var derived = DerivedIdentifiers(seed: seed)
        var labels: [String: Int] = [:]
        var (partitions, offset): ([Placement], UInt64) = ([], start)
        for definition in definitions {
            // Those without a place have a part in the numbers of others.
            let own = try derived.nextPartition(of: definition.type.identifier)
            let label = Self.label(of: definition, &labels)
            if definition.isSupplement || dropped.contains(definition.name) { continue }
            let index = partitions.count
            let identifier =
                switch definition.identifier {
                case .derived: identifiers[definition.name] ?? own
                case .null: GUID.zero
                case .fixed(let fixed): fixed
                }
            let (bytes, padding) = (sizes[2 * index], sizes[2 * index + 1])
            try table.add(
                PartitionTable.Entry(
                    type: definition.type.identifier,
                    identifier: identifier,
                    sectors: offset / sectorSize...((offset + bytes) / sectorSize - 1),
                    attributes: definition.tableAttributes,
                    label: label
                )
            )
            partitions.append(
                Placement(
                    definition: definition,
                    slot: index,
                    identifier: identifier,
                    label: label,
                    offset: offset,
                    size: bytes,
                    padding: padding
                )
            )
            offset += bytes + padding
        }
        self.table = table
        self.partitions = partitions
        self.dropped = dropped
    }

    /// The label of the definition, or one from the type with a number where partitions share it.
    private static func label(of definition: PartitionDefinition, _ uses: inout [String: Int]) -> String {
        if let label = definition.label { return label }
        let name = definition.type.role == .other ? "linux" : definition.type.name
        let use = uses[name, default: 0] + 1
        uses[name] = use
        return use > 1 ? "\(name)-\(use)" : name
    }

    private static func divide(
        _ space: UInt64,
        _ definitions: [PartitionDefinition],
        _ needs: [String: UInt64],
        _ alignment: UInt64
    ) -> [UInt64]? {
        let claims = definitions.flatMap { definition -> [SpaceAllocation.Claim] in
            let (minimum, maximum) = limits(of: definition, needs[definition.name], alignment)
            return [
                .init(weight: definition.weight, minimum: minimum, maximum: maximum),
                .init(
                    weight: definition.paddingWeight,
                    minimum: definition.minimumPadding,
                    maximum: definition.maximumPadding
                ),
            ]
        }
        let allocation = SpaceAllocation(claims: claims, alignment: alignment)
        guard let sizes = allocation.divide(space) else { return nil }
        let rest = space - sizes.reduce(0, +)
        return allocation.handOut(rest, to: sizes) { $0 % 2 == 0 }
    }

    /// The least and the most bytes that a partition may have.
    private static func limits(
        of definition: PartitionDefinition,
        _ need: UInt64?,
        _ alignment: UInt64
    ) -> (UInt64, UInt64?) {
        func up(_ size: UInt64) -> UInt64 { (size + alignment - 1) / alignment * alignment }
        let content = need.map(up)
        let standard = standardMinimum(of: definition.type.role)
        // The size of a signature is not configurable, with systemd-repart 257.
        let configured = standard.isFixed ? nil : definition.minimumSize
        let minimum = max(
            up(max(configured ?? (content == nil ? standard.size : 0), PartitionDefinition.alignment)),
            content ?? 0
        )
        return (minimum, definition.maximumSize.map { max(up($0), minimum) })
    }

    /// The bytes of a partition about which nothing is said: 10 MiB, and 16 KiB for a signature.
    private static func standardMinimum(of role: PartitionType.Role) -> (size: UInt64, isFixed: Bool) {
        switch role {
        case .rootVeritySignature, .usrVeritySignature: (16 << 10, true)
        default: (10 << 20, false)
        }
    }

    /// The bytes of a disk on which every partition has what it needs and no more.
    private static func smallestSize(
        _ definitions: [PartitionDefinition],
        _ needs: [String: UInt64],
        _ alignment: UInt64
    ) throws(DiskError) -> UInt64 {
        // In front 1 MiB, behind the copy of the table: 128 entries and a sector of at most 4096 bytes.
        var total = PartitionTable.firstUsableByte + 5 * 4096
        for definition in definitions {
            let minimum = limits(of: definition, needs[definition.name], alignment).0
            let (sum, overflow) = total.addingReportingOverflow(minimum + definition.minimumPadding)
            guard !overflow, sum <= UInt64(Int64.max) else {
                throw DiskError(.layout, "The partitions together are larger than any disk")
            }
            total = sum
        }
        return (total + alignment - 1) / alignment * alignment
    }
}
