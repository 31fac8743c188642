import BootKit
import DiskKit
import Support
import System
import TestSupport
import Testing

extension BootSuites {
    /// Disks that start in a virtual machine in every way that needs no keys of a firmware, each until a unit of its own has
    /// reported what it sees.
    @Suite struct BootMatrixTests {
        private static let plain = [
            "00-esp": BootProject.esp, "10-root": "Type=root Format=ext4 CopyFiles=/ Minimize=guess",
        ]

        static let verity = [
            "00-esp": BootProject.esp,
            "10-root": "Type=root Format=erofs CopyFiles=/ Verity=data VerityMatchKey=root Minimize=best",
            "20-hash": "Type=root-verity Verity=hash VerityMatchKey=root Minimize=best",
        ]

        /// An erofs root, which has a hash tree as well, starts in `verity`.
        @Test("a root file system is found and started by a unified kernel image")
        func unified() throws {
            let project = try BootSuites.shared.get()
            let options = [try project.definitions("repart-ext4", Self.plain)]
            try project.build("ext4", options + ["--kernel-command-line=root=PARTUUID"])
            let report = try project.boot("ext4", options)
            #expect(report.succeeded, "\(report)")
            #expect(report.marks["root"]?.hasPrefix("ext4") == true, "\(report)")
            #expect(report.marks["stub"]?.contains("systemd-stub 257") == true, "\(report)")
            // The boot loader's own word for what it has started.
            #expect(report.marks["entry"]?.contains(".efi") == true, "\(report)")
            let root = try #require(try Self.entry(.root, of: project.path("ext4.raw")))
            #expect(report.marks["cmdline"]?.contains("root=PARTUUID=\(root.identifier)") == true, "\(report)")
        }

        @Test(
            "systemd-boot starts a kernel and an initrd that are files, and QEMU starts those that are split from the disk"
        )
        func entry() throws {
            let project = try BootSuites.shared.get()
            let options = [
                try project.definitions("repart-ext4", Self.plain), "--unified-kernel-images=none",
                "--kernel-command-line=root=PARTUUID", "--split-artifacts=kernel,initrd",
            ]
            try project.build("entry", options)
            let report = try project.boot("entry", options)
            #expect(report.succeeded, "\(report)")
            #expect(report.marks["root"]?.hasPrefix("ext4") == true, "\(report)")
            #expect(report.marks["entry"]?.contains(".conf") == true, "\(report)")
            #expect(report.marks["stub"]?.contains("systemd-stub") == false, "\(report)")

            for part in ["vmlinuz", "initrd"] { #expect(Files.isPlainFile(project.path("entry.\(part)"))) }
            let direct = try project.boot("entry", options + ["--firmware=linux"])
            #expect(direct.succeeded, "\(direct)")
            #expect(direct.marks["root"]?.hasPrefix("ext4") == true, "\(direct)")
            #expect(direct.marks["firmware"]?.hasPrefix("none") == true, "\(direct)")
        }

        @Test(
            "a root with dm-verity starts by the root hash in the kernel's command line, and with one changed byte it does not"
        )
        func verity() throws {
            let project = try BootSuites.shared.get()
            let options = [try project.definitions("repart-verity", Self.verity), "--split-artifacts=roothash,uki"]
            try project.build("verity", options)
            let hash = try Files.readText(project.path("verity.roothash")).trimmingPrefix { $0.isWhitespace }
            let report = try project.boot("verity", options)
            #expect(report.succeeded, "\(report)")
            #expect(report.marks["cmdline"]?.contains("roothash=\(hash)") == true, "\(report)")
            #expect(report.marks["dm"]?.hasPrefix("CRYPT-VERITY-") == true, "\(report)")
            #expect(report.marks["root"]?.hasPrefix("erofs ro") == true, "\(report)")
            #expect(report.marks["stub"]?.contains("systemd-stub 257") == true, "\(report)")

            // A byte in the script that reports; the file system would not notice it.
            let path = project.path("verity.raw")
            let root = try #require(try Self.entry(.root, of: path))
            let found = try runChecked(["grep", "--text", "--byte-offset", "--only-matching", "MARK done yes", path])
            let places = found.outputLines.compactMap { UInt64($0.prefix { $0.isNumber }) }
            let place = try #require(places.first { root.sectors.contains($0 / 512) }, "\(found)")
            let image = try ImageFile(path)
            try image.write(image.read(at: place + 12, 1).map { $0 ^ 1 }, at: place + 12)
            let refused = try project.boot("verity", options)
            #expect(!refused.result.output.contains("MARK done"), "\(refused)")
            let message = /device-mapper: verity: \S+ data block \d+ is corrupted/
            #expect(refused.result.output.contains(message), "\(refused)")
        }

        @Test("an encrypted root is opened by a credential of the machine, and not without it")
        func encrypted() throws {
            let project = try BootSuites.shared.get()
            try project.debian.directory.write("a passphrase", to: "project/boot.passphrase")
            try runChecked(["chmod", "600", project.path("boot.passphrase")])
            let root = "Type=root Format=ext4 CopyFiles=/ Encrypt=key-file Minimize=guess"
            let options = [
                try project.definitions("repart-luks", ["00-esp": BootProject.esp, "10-root": root]),
                "--passphrase=boot.passphrase",
            ]
            try project.build("luks", options)
            let report = try project.boot("luks", options + [#"--credential=cryptsetup.passphrase="a passphrase""#])
            #expect(report.succeeded, "\(report)")
            #expect(report.marks["dm"]?.hasPrefix("CRYPT-LUKS2-") == true, "\(report)")
            #expect(report.marks["root"]?.hasPrefix("ext4") == true, "\(report)")

            // Without the credential it asks, which ends the machine.
            let refused = try project.boot("luks", options)
            #expect(refused.marks["asked"]?.contains("Please enter passphrase for disk") == true, "\(refused)")
            #expect(refused.marks["done"] == nil, "\(refused)")
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
}
