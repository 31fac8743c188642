import Support
import System
import TestSupport
import Testing

/// Disks that GRUB starts in a virtual machine, until a unit of theirs reports that it was reached.
///
/// An emulated machine takes minutes for it, so these run where everything is tested.
@Suite(
    .serialized,
    .enabled(if: Environment.variable("MKOSI_SOAK") == "1"),
    .enabled(if: DebianProject.isPossible && Paths.findProgram("qemu-system-x86_64") != nil),
    .enabled(if: Paths.findProgram("grub-mkimage") != nil)
)
struct GrubBootTests {
    /// A disk whose only unit of its own prints the command line and ends the machine.
    private static func project() throws -> DebianProject {
        let project = try DebianProject(format: "disk")
        let units = "project/mkosi.extra/usr/lib/systemd/system"
        try project.directory.write(
            """
            [Unit]
            SuccessAction=poweroff-force
            FailureAction=poweroff-force
            [Service]
            Type=oneshot
            StandardOutput=tty
            TTYPath=/dev/ttyS0
            ExecStart=/bin/sh -c 'echo REACHED $(cat /proc/cmdline)'
            """,
            to: "\(units)/report.service"
        )
        try project.directory.makeDirectory("\(units)/multi-user.target.wants")
        try runChecked([
            "ln", "-s", "../report.service", project.directory("\(units)/multi-user.target.wants/report.service"),
        ])
        return project
    }

    private static func reach(_ options: [String], packages: String, words: String) throws -> String {
        let project = try project()
        let all =
            options + [
                "--package=linux-image-cloud-amd64,systemd-boot-efi,\(packages)", "--bootable=yes", "--output=disk",
                "--root-password=x",
                "--kernel-command-line=console=ttyS0 systemd.firstboot=no systemd.default_device_timeout_sec=500 \(words)",
            ]
        let built = try project.mkosi(all + ["--force", "build"], limit: 600)
        #expect(built.succeeded, "\(built)")
        try runChecked(["sfdisk", "--verify", "\(project.project)/disk.raw"])
        let ran = try project.mkosi(all + ["--tpm=no", "--timeout=600", "vm"], limit: 700)
        #expect(ran.succeeded, "\(ran)")
        return ran.output.split(whereSeparator: \.isNewline).first { $0.contains("REACHED ") }.map(String.init) ?? ""
    }

    @Test("a BIOS starts GRUB from its own partition, and GRUB the kernel as it is")
    func bios() throws {
        let line = try Self.reach(
            ["--bootloader=none", "--bios-bootloader=grub"],
            packages: "grub-pc-bin",
            words: "root=LABEL=root-x86-64 rw"
        )
        // GRUB says what it has started, which a stub does not.
        #expect(line.contains("BOOT_IMAGE=/debian/") && line.contains("root=LABEL=root-x86-64"), "\(line)")
    }

    @Test("UEFI starts GRUB, and GRUB a unified kernel image")
    func uefi() throws {
        let line = try Self.reach(["--bootloader=grub"], packages: "grub-efi-amd64-bin", words: "rw boot.test=kept")
        #expect(line.contains("boot.test=kept") && !line.contains("BOOT_IMAGE="), "\(line)")
    }
}
