import DiskKit
import TestSupport
import Testing

@Suite struct LayoutTests {
    @Test func hasLayoutsToCompare() {
        #expect(RepartLayout.all.count >= 75)
    }

    @Test(arguments: RepartLayout.all)
    func isThatOfSystemdRepart(_ expected: RepartLayout) throws {
        guard expected.refused != true else {
            #expect(throws: DiskError.self) { try expected.layout() }
            return
        }
        let layout = try expected.layout()
        let partitions = try #require(expected.partitions)
        #expect(layout.partitions.map(\.definition.name) == partitions.map(\.definition))
        for (ours, theirs) in zip(layout.partitions, partitions) {
            #expect(ours.definition.type.name == theirs.type)
            #expect(ours.label == theirs.label)
            #expect(ours.identifier.description == theirs.uuid)
            #expect(ours.slot == theirs.slot)
            #expect(ours.offset == theirs.offset)
            #expect(ours.size == theirs.size)
            #expect(ours.padding == theirs.padding)
        }
        let table = layout.table
        #expect(table.sectorCount * table.sectorSize == expected.diskSize)
        let regions = try table.regions()
        let front = regions[0].bytes
        let sector = Int(expected.sectorSize)
        #expect(hex(front[sector..<(sector + 92)]) == expected.header)
        var entries = front[(2 * sector)...]
        while entries.last == 0 { entries.removeLast() }
        #expect(hex(entries) == expected.entries)
        #expect(regions[1].offset + UInt64(regions[1].bytes.count) == expected.diskSize)
    }

    @Test func saysByHowManyBytesPartitionsDoNotFit() throws {
        let reader = DefinitionReader(architecture: "x86-64")
        let definition = try reader.read(
            name: "10-root",
            path: "10-root.conf",
            text: "[Partition]\nType=root\nSizeMinBytes=300M\n"
        )
        let error = #expect(throws: DiskError.self) {
            try DiskLayout([definition], size: 200 << 20, seed: .zero)
        }
        // 300 MiB, 1 MiB in front, 20480 bytes behind.
        #expect(error?.message.contains("\((101 << 20) + 20480) too few") == true)
    }

    @Test func contentDecidesWhereNothingIsConfigured() throws {
        let reader = DefinitionReader(architecture: "x86-64")
        let text = "[Partition]\nType=root\nFormat=erofs\nMinimize=best\n"
        let definition = try reader.read(name: "10-root", path: "10-root.conf", text: text)
        let layout = try DiskLayout(
            [definition],
            size: nil,
            seed: .zero,
            needs: ["10-root": 5_000_001]
        )
        #expect(layout.partitions.map(\.size) == [5_001_216])
        #expect(layout.table.sectorCount * 512 == (1 << 20) + 5_001_216 + 20480)
    }
}

/// The bytes of a disk with nothing but this table.
func written(_ table: PartitionTable) throws -> [UInt8] {
    var image = [UInt8](repeating: 0, count: Int(table.sectorCount * table.sectorSize))
    for region in try table.regions() {
        image.replaceSubrange(Int(region.offset)..<(Int(region.offset) + region.bytes.count), with: region.bytes)
    }
    return image
}

func hex(_ bytes: ArraySlice<UInt8>) -> String {
    bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
}
