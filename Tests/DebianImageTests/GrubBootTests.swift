import JSON
import Support
import System
import TestSupport
import Testing

extension BootSuites {
    /// A disk that GRUB starts, by both kinds of firmware.
    @Suite struct GrubBootTests {
        @Test("UEFI starts GRUB and that a unified kernel image, and a BIOS starts GRUB and that the kernel as it is")
        func bothFirmwares() throws {
            let project = try BootSuites.shared.get()
            let definitions = [
                "00-code": "Type=21686148-6449-6e6f-744e-656564454649 SizeMinBytes=1M SizeMaxBytes=1M",
                "10-esp": BootProject.esp,
                "20-root": "Type=root Format=ext4 CopyFiles=/ Minimize=guess",
            ]
            let options = [try project.definitions("repart-grub", definitions), "--bios-bootloader=grub"]
            try project.build("grub", options + ["--bootloader=grub"])
            try runChecked(["sfdisk", "--verify", project.path("grub.raw")])

            // GRUB is no program that firmware is known to measure alike; what the stub measures is known.
            let predicted = try JSON.parse(Files.read(project.path("grub.pcrs.json")))
            let values = predicted["measurements"]?.array?.first?["values"]?.array ?? []
            #expect(Set(values.compactMap { $0["pcr"]?.integer }) == [11, 12, 13], "\(predicted)")

            let modern = try project.boot("grub", options + ["--bootloader=grub"])
            #expect(modern.succeeded, "\(modern)")
            #expect(modern.marks["root"]?.hasPrefix("ext4") == true, "\(modern)")
            #expect(modern.marks["stub"]?.contains("systemd-stub 257") == true, "\(modern)")
            #expect(modern.marks["cmdline"]?.contains("BOOT_IMAGE=") == false, "\(modern)")

            // Without a boot loader for UEFI the machine has a BIOS.
            let older = try project.boot("grub", options + ["--bootloader=none"])
            #expect(older.succeeded, "\(older)")
            #expect(older.marks["root"]?.hasPrefix("ext4") == true, "\(older)")
            #expect(older.marks["firmware"]?.hasPrefix("none") == true, "\(older)")
            // GRUB says what it has started, which a stub does not; its configuration says where the system is.
            let words = older.marks["cmdline"] ?? ""
            #expect(words.contains("BOOT_IMAGE=/debian/") && words.contains("root=PARTUUID="), "\(older)")
        }

        @Test("a BIOS starts a system whose root is encrypted, by the identifier of its LUKS header")
        func encrypted() throws {
            let project = try BootSuites.shared.get()
            try project.debian.directory.write("a passphrase", to: "project/boot.passphrase")
            try runChecked(["chmod", "600", project.path("boot.passphrase")])
            let definitions = [
                "00-code": "Type=21686148-6449-6e6f-744e-656564454649 SizeMinBytes=1M SizeMaxBytes=1M",
                "10-esp": BootProject.esp,
                "20-root": "Type=root Format=ext4 CopyFiles=/ Encrypt=key-file Minimize=guess",
            ]
            let options = [
                try project.definitions("repart-grub-luks", definitions), "--bios-bootloader=grub", "--bootloader=none",
                "--passphrase=boot.passphrase",
            ]
            try project.build("grub-luks", options)
            let credential = #"--credential=cryptsetup.passphrase="a passphrase""#
            let report = try project.boot("grub-luks", options + [credential])
            #expect(report.succeeded, "\(report)")
            #expect(report.marks["firmware"]?.hasPrefix("none") == true, "\(report)")
            #expect(report.marks["cmdline"]?.contains("root=/dev/mapper/root") == true, "\(report)")
            #expect(report.marks["dm"]?.hasPrefix("CRYPT-LUKS2-") == true, "\(report)")
        }
    }
}
