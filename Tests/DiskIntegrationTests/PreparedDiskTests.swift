import DiskKit
import Support
import System
import TestSupport
import Testing

/// Disks of which some partitions are written before what starts them is known.
@Suite struct PreparedDiskTests {
    private static let unfinished = ["/efi", "/boot"]

    private static func esp(_ sizes: String) -> String {
        "Type=esp Format=vfat CopyFiles=/boot:/ CopyFiles=/efi:/ \(sizes)"
    }

    private static let root = "Type=root Format=ext4 CopyFiles=/ Minimize=guess"

    /// Makes the disk at once and in two phases, and returns both images.
    private func both(
        _ project: DiskProject,
        _ definitions: [String: String],
        isOwned: Bool = true,
        between: () throws -> Void = {}
    ) throws -> (whole: String, phased: String, prepared: PreparedDisk, disk: BuiltDisk) {
        let first = try project.builder(definitions)
        let names = try first.finished(without: Self.unfinished)
        let prepared = try first.prepare(names, first.survey(only: names))
        try between()
        let second = try project.builder(definitions)
        let open = Set(second.definitions.map(\.name)).subtracting(prepared.partitions.map(\.name))
        let disk = try second.build(
            second.survey(only: open),
            from: (prepared, PreparedImage(path: first.image, isOwned: isOwned))
        )
        let whole = try project.builder(definitions)
        try whole.build(whole.survey())
        return (whole.image, second.image, prepared, disk)
    }

    @Test("a disk that is made in two phases has the bytes of one that is made at once", arguments: [true, false])
    func sameBytes(isOwned: Bool) throws {
        let project = try DiskProject()
        let made = try both(
            project,
            ["10-esp": Self.esp("SizeMinBytes=64M SizeMaxBytes=64M"), "20-root": Self.root],
            isOwned: isOwned
        )
        #expect(made.prepared.partitions.map(\.name) == ["20-root"])
        #expect(made.prepared.systems["root"] == made.disk.layout.partitions[1].identifier.description)
        try #expect(project.digest(made.phased) == project.digest(made.whole))
        try runChecked(["sgdisk", "-v", made.phased])
    }

    @Test("partitions move where the boot partition needs more room than was foreseen")
    func moved() throws {
        let project = try DiskProject()
        let made = try both(project, ["10-esp": Self.esp(""), "20-root": Self.root]) {
            let script =
                "head -c 30000000 /dev/urandom > tree/efi/EFI/BOOT/large; touch -d @1600000000 tree/efi/EFI/BOOT/large"
            try runChecked(["sh", "-c", script], in: project.directory.path)
        }
        let place = try #require(made.disk.layout.partitions.last)
        #expect(place.offset > (try #require(made.prepared.partitions.first)).offset)
        try #expect(project.digest(made.phased) == project.digest(made.whole))
    }

    @Test("the root hash is known before the boot partition is made, and holds afterwards")
    func verity() throws {
        let project = try DiskProject()
        let made = try both(
            project,
            [
                "10-esp": Self.esp("SizeMinBytes=64M SizeMaxBytes=64M"),
                "20-root": "Type=root Format=erofs CopyFiles=/ Verity=data VerityMatchKey=root Minimize=best",
                "30-hash": "Type=root-verity Verity=hash VerityMatchKey=root Minimize=best",
            ]
        )
        let hash = try #require(made.prepared.systemHashes["root"])
        #expect(made.disk.rootHash(of: .root) == hash)
        #expect(made.prepared.systems["root"]?.filter { $0 != "-" } == String(hash.prefix(32)))
        try #expect(project.digest(made.phased) == project.digest(made.whole))
        let parts = try made.disk.layout.split(base: project.directory("verified"))
        for part in parts { try part.write(from: made.phased) }
        try runChecked(["veritysetup", "verify", parts[1].path, parts[2].path, hash])
    }

    @Test("a partition with files of the boot loader waits for it, and so does its hash tree")
    func dependent() throws {
        let project = try DiskProject()
        let definitions = [
            "10-root": "Type=root Format=erofs CopyFiles=/ Verity=data VerityMatchKey=root Minimize=best",
            "20-hash": "Type=root-verity Verity=hash VerityMatchKey=root Minimize=best",
            "30-home": "Type=home Format=ext4 CopyFiles=/home:/ Minimize=guess",
        ]
        let builder = try project.builder(definitions)
        #expect(try builder.finished(without: Self.unfinished) == ["30-home"])
        let made = try both(project, definitions)
        #expect(made.prepared.rootHashes.isEmpty)
        #expect(made.prepared.systems.isEmpty)
        try #expect(project.digest(made.phased) == project.digest(made.whole))
    }
}
