import BootKit
import DiskKit
import Support
import System
import TestSupport
import Testing

/// Disks that start in a virtual machine in every way that needs no keys, each until a unit of its own has reported what
/// it sees.
///
/// Each takes a minute without hardware virtualization: `make boot-tests` runs them.
@Suite(
    .serialized,
    .enabled(if: Soak.isEnabled && DebianProject.isPossible && Paths.findProgram("qemu-system-x86_64") != nil)
)
struct BootMatrixTests {
    /// Images of all tests, which run one after the other, share the layers of one project.
    nonisolated(unsafe) private static let shared = Result { () throws -> BootProject in
        let project = try BootProject(release: "trixie")
        try project.report([
            "dm": "cat /sys/block/dm-*/dm/uuid",
            "entry": #"tail -c +5 /sys/firmware/efi/efivars/LoaderEntrySelected-* | tr -d '\0'"#,
            "stub": #"tail -c +5 /sys/firmware/efi/efivars/StubInfo-* | tr -d '\0'"#,
            "firmware": "test -d /sys/firmware/efi && echo uefi || echo none",
        ])
        return project
    }

    private static func plain(_ format: String) -> [String: String] {
        ["00-esp": BootProject.esp, "10-root": "Type=root Format=\(format) CopyFiles=/ Minimize=guess"]
    }

    private static let verity = [
        "00-esp": BootProject.esp,
        "10-root": "Type=root Format=erofs CopyFiles=/ Verity=data VerityMatchKey=root Minimize=best",
        "20-hash": "Type=root-verity Verity=hash VerityMatchKey=root Minimize=best",
    ]

    @Test("a root file system is found and started by a unified kernel image", arguments: ["ext4", "erofs"])
    func unified(format: String) throws {
        let project = try Self.shared.get()
        let options = [try project.definitions("repart-\(format)", Self.plain(format))]
        try project.build(format, options + ["--kernel-command-line=root=PARTUUID"])
        let report = try project.boot(format, options)
        #expect(report.succeeded, "\(report)")
        #expect(report.marks["root"]?.hasPrefix(format) == true, "\(report)")
        #expect(report.marks["stub"]?.hasPrefix("systemd-stub 257") == true, "\(report)")
        let root = try #require(try Self.entry(.root, of: project.path("\(format).raw")))
        #expect(report.marks["cmdline"]?.contains("root=PARTUUID=\(root.identifier)") == true, "\(report)")
    }

    @Test("systemd-boot starts an entry with kernel and initrd as files of their own")
    func entry() throws {
        let project = try Self.shared.get()
        let options = [
            try project.definitions("repart-ext4", Self.plain("ext4")), "--unified-kernel-images=none",
        ]
        try project.build("entry", options)
        let report = try project.boot("entry", options)
        #expect(report.succeeded, "\(report)")
        #expect(report.marks["root"]?.hasPrefix("ext4") == true, "\(report)")
        #expect(report.marks["entry"]?.contains(".conf") == true, "\(report)")
        #expect(report.marks["stub"]?.contains("systemd-stub") != true, "\(report)")
    }

    @Test("QEMU starts the kernel and the initrd that are split from a disk")
    func direct() throws {
        let project = try Self.shared.get()
        let options = [try project.definitions("repart-ext4", Self.plain("ext4"))]
        try project.build("direct", options)
        for part in ["vmlinuz", "initrd", "efi"] { #expect(Files.isPlainFile(project.path("direct.\(part)"))) }
        let report = try project.boot("direct", options + ["--firmware=linux"])
        #expect(report.succeeded, "\(report)")
        #expect(report.marks["root"]?.hasPrefix("ext4") == true, "\(report)")
        #expect(report.marks["firmware"]?.hasPrefix("none") == true, "\(report)")
    }

    @Test(
        "a root with dm-verity starts by the root hash in the kernel's command line, and with one changed byte it does not"
    )
    func verity() throws {
        let project = try Self.shared.get()
        let options = [try project.definitions("repart-verity", Self.verity), "--split-artifacts=roothash,uki"]
        try project.build("verity", options)
        let hash = try Files.readText(project.path("verity.roothash")).trimmingPrefix { $0.isWhitespace }
        let report = try project.boot("verity", options)
        #expect(report.succeeded, "\(report)")
        #expect(report.marks["cmdline"]?.contains("roothash=\(hash)") == true, "\(report)")
        #expect(report.marks["dm"]?.hasPrefix("CRYPT-VERITY-") == true, "\(report)")
        #expect(report.marks["root"]?.hasPrefix("erofs ro") == true, "\(report)")

        let path = project.path("verity.raw")
        let root = try #require(try Self.entry(.root, of: path))
        // The label of the file system: nothing else would notice.
        let image = try ImageFile(path)
        let place = root.sectors.lowerBound * 512 + 1024 + 64
        try image.write(image.read(at: place, 1).map { $0 ^ 1 }, at: place)
        let refused = try project.boot("verity", options)
        #expect(refused.marks["done"] == nil, "\(refused)")
        #expect(refused.marks["refused"] != nil, "\(refused)")
    }

    @Test("an encrypted root is opened by a credential of the machine, and not without it")
    func encrypted() throws {
        let project = try Self.shared.get()
        try project.debian.directory.write("a passphrase", to: "project/boot.passphrase")
        try runChecked(["chmod", "600", project.path("boot.passphrase")])
        let root = "Type=root Format=ext4 CopyFiles=/ Encrypt=key-file Minimize=guess"
        let options = [
            try project.definitions("repart-luks", ["00-esp": BootProject.esp, "10-root": root]),
            "--passphrase=boot.passphrase",
        ]
        try project.build("luks", options)
        let report = try project.boot("luks", options + ["--credential=cryptsetup.passphrase=a passphrase"])
        #expect(report.succeeded, "\(report)")
        #expect(report.marks["dm"]?.hasPrefix("CRYPT-LUKS2-") == true, "\(report)")
        #expect(report.marks["root"]?.hasPrefix("ext4") == true, "\(report)")
    }

    /// The first partition with a role in an image's table.
    private static func entry(_ role: PartitionType.Role, of path: String) throws -> PartitionTable.Entry? {
        let image = try ImageFile(path)
        let table = try PartitionTable.reading(size: image.size()) { (offset, count) throws(DiskError) in
            try image.read(at: offset, count)
        }
        return table.entries.lazy.compactMap { $0 }.first { PartitionType(identifier: $0.type).role == role }
    }
}
