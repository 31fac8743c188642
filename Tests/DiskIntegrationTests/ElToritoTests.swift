import DiskKit
import System
import TestSupport
import Testing

/// Disks that optical media can be made of.
@Suite
struct ElToritoTests {
    private static func number(_ bytes: [UInt8], _ offset: Int, _ count: Int) -> Int {
        (0..<count).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) }
    }

    @Test(
        "the catalog names the system partition, and other programs see both a disk and a medium",
        arguments: [8, 40]
    )
    func catalog(megabytes: Int) throws {
        let project = try DiskProject()
        var builder = try project.builder([
            "10-esp": "Type=esp Format=vfat CopyFiles=/efi:/ SizeMinBytes=\(megabytes)M SizeMaxBytes=\(megabytes)M",
            "20-root": "Type=root Format=ext4 CopyFiles=/",
        ])
        builder.elTorito = ElTorito(system: "EXAMPLE", volume: "Example 1", publisher: "Someone")
        let layout = try builder.build(builder.survey()).layout
        let bytes = try Files.read(builder.image, limit: 1 << 28)
        let catalog = Self.number(bytes, 17 * 2048 + 71, 4) * 2048
        // The words of the first entry add up to nothing.
        #expect((0..<16).reduce(0) { $0 + Self.number(bytes, catalog + 2 * $1, 2) } & 0xffff == 0)
        #expect(bytes[catalog + 1] == 0xef && bytes[catalog + 32] == 0x88)
        #expect(Self.number(bytes, catalog + 38, 2) == (megabytes == 8 ? 8 << 11 : 0))
        let start = try #require(layout.partitions.first).offset
        #expect(Self.number(bytes, catalog + 40, 4) == Int(start) / 2048)
        try runChecked(["sfdisk", "--verify", builder.image])
        let sectors = try runChecked(["isosize", "-x", builder.image]).output
        #expect(sectors.contains("sector count: \(bytes.count / 2048), sector size: 2048"), "\(sectors)")
        let facts = try runChecked(["blkid", "-p", "-u", "filesystem", "-o", "export", builder.image]).output
        #expect(facts.contains("TYPE=iso9660") && facts.contains("LABEL=Example\\ 1"), "\(facts)")
    }

    @Test("texts that do not fit, and a disk without a system partition, are errors")
    func errors() throws {
        let project = try DiskProject()
        var builder = try project.builder(["20-root": "Type=root Format=ext4 CopyFiles=/"])
        builder.elTorito = ElTorito()
        #expect(throws: DiskError.self) { try builder.survey() }
        var other = try project.builder(["10-esp": "Type=esp Format=vfat SizeMinBytes=4M"])
        other.elTorito = ElTorito(volume: String(repeating: "x", count: 33))
        let error = #expect(throws: DiskError.self) { try other.survey() }
        #expect(error?.message.contains("ElToritoVolume=") == true)
        #expect(!Files.exists(other.image))
    }
}
