import DiskKit
import Support
import System
import TestSupport
import Testing

@Suite struct PartitionTableTests {
    private func table(sectorSize: UInt64 = 512) throws -> PartitionTable {
        let disk = try #require(GUID("b6a4a2e0-7a0b-4f6c-9d52-2f4f9a6f3c11"))
        var table = try PartitionTable(
            diskIdentifier: disk,
            sectorSize: sectorSize,
            sectorCount: (24 << 20) / sectorSize
        )
        let root = try #require(PartitionType(name: "root", architecture: "amd64"))
        let unit = (1 << 20) / sectorSize
        try table.add(
            .init(
                type: root.identifier,
                identifier: disk,
                sectors: unit...(9 * unit - 1),
                attributes: 1 << 59,
                label: "Wurzel ☃"
            )
        )
        try table.add(
            .init(type: root.identifier, identifier: .zero, sectors: 20 * unit...(21 * unit - 1)),
            slot: 5
        )
        return table
    }

    private func read(_ image: [UInt8], sectorSize: UInt64? = nil) throws -> PartitionTable {
        try PartitionTable.reading(size: UInt64(image.count), sectorSize: sectorSize) {
            offset,
            count throws(DiskError) in
            guard offset <= image.count, count <= image.count - Int(offset) else {
                throw DiskError(.system, "read beyond the end")
            }
            return Array(image[Int(offset)..<(Int(offset) + count)])
        }
    }

    @Test(arguments: [512, 1024, 2048, 4096] as [UInt64])
    func isReadAsItWasWritten(sectorSize: UInt64) throws {
        let table = try table(sectorSize: sectorSize)
        #expect(try read(written(table)) == table)
        #expect(try read(written(table), sectorSize: sectorSize) == table)
    }

    @Test func isReadFromItsCopyWhereTheFirstIsDamaged() throws {
        let table = try table()
        let whole = try written(table)
        for place in [512 + 20, 1024 + 200] {
            var image = whole
            image[place] ^= 0xff
            #expect(try read(image) == table)
            image[image.count - 512 + 16] ^= 1
            #expect(throws: DiskError.self) { try read(image) }
        }
    }

    @Test func hostileHeadersAreRefused() throws {
        var random = SeededRandom(seed: 42)
        let whole = try written(table())
        for _ in 0..<500 {
            var image = whole
            for _ in 0..<(1 + random.below(8)) {
                let place = random.below(2) == 0 ? random.below(34 * 512) : image.count - 1 - random.below(33 * 512)
                image[place] = UInt8(random.below(256))
            }
            // Anything but a crash: damage outside of what checksums cover is not noticed.
            _ = try? read(image)
        }
        for size in [0, 1, 511, 512, 513, 1024, 40 * 512] {
            #expect(throws: DiskError.self) { try read(Array(whole.prefix(size))) }
        }
    }

    @Test func partitionsDoNotOverlapOrLeaveTheDisk() throws {
        var table = try table()
        let type = try #require(PartitionType(name: "home", architecture: "x86-64")).identifier
        for sectors in [2048...2048, 1...4096, 49_000...50_000, 18431...18440] as [ClosedRange<UInt64>] {
            #expect(throws: DiskError.self) {
                try table.add(.init(type: type, identifier: .zero, sectors: sectors))
            }
        }
        #expect(throws: DiskError.self) {
            try table.add(
                .init(type: type, identifier: .zero, sectors: 45_000...45_001, label: String(repeating: "x", count: 37))
            )
        }
        #expect(throws: DiskError.self) {
            try table.add(.init(type: .zero, identifier: .zero, sectors: 45_000...45_001))
        }
        try table.add(.init(type: type, identifier: .zero, sectors: 45_000...45_001))
        #expect(table.entries.firstIndex { $0?.type == type } == 1)
    }

    @Test func movesToAnotherDisk() throws {
        let table = try table()
        let moved = try table.relocated(sectorSize: 4096, sectorCount: (128 << 20) / 4096)
        #expect(moved.entries[0]?.sectors == 256...2303)
        #expect(moved.entries[5]?.sectors == 5120...5375)
        #expect(throws: DiskError.self) { try table.relocated(sectorSize: 512, sectorCount: 20_000) }
        var odd = table
        let type = try #require(PartitionType(name: "srv", architecture: "x86-64")).identifier
        try odd.add(.init(type: type, identifier: .zero, sectors: 45_000...45_001))
        #expect(throws: DiskError.self) { try odd.relocated(sectorSize: 4096, sectorCount: 32768) }
    }

    @Test func otherProgramsAcceptIt() throws {
        let directory = try TemporaryDirectory()
        let path = directory("disk.raw")
        try Files.write(written(table()), to: path)
        let verified = try run(["/usr/sbin/sfdisk", "--verify", path])
        #expect(verified.succeeded, "\(verified)")
        let checked = try run(["/usr/sbin/sgdisk", "-v", path])
        #expect(checked.output.contains("No problems found"), "\(checked)")
    }
}
