import BootKit
import Crypto
import JSON
import Support
import System
import TestSupport
import Testing

/// Images that boot in a virtual machine, up to a program of theirs that says so and switches the machine off.
@Suite(.enabled(if: DebianProject.isPossible, "Debian's packages are needed"))
struct BootTests {
    /// A tree whose first process is a script that prints what a test asks, and ends the machine.
    private static func project(_ script: String) throws -> DebianProject {
        let project = try DebianProject(format: "uki")
        try project.directory.makeDirectory("project/mkosi.extra")
        try project.directory.write(
            """
            #!/bin/busybox sh
            /bin/busybox mount -t devtmpfs dev /dev
            /bin/busybox mount -t sysfs sys /sys
            /bin/busybox mount -t proc proc /proc
            exec >/dev/console 2>&1
            \(script)
            /bin/busybox poweroff -f
            """,
            to: "project/mkosi.extra/init"
        )
        try runChecked(["chmod", "755", project.directory("project/mkosi.extra/init")])
        return project
    }

    @Test("a unified kernel image starts by firmware, and the TPM holds the value that is computed from the file")
    func unifiedKernelImage() throws {
        try BootSuites.require("qemu-system-x86_64", "swtpm")
        let project = try Self.project(
            """
            /bin/busybox echo WORDS $(/bin/busybox cat /proc/cmdline)
            /bin/busybox echo REACHED $(/bin/busybox cat /sys/class/tpm/tpm0/pcr-sha256/11)
            """
        )
        let options = [
            "--package=linux-image-cloud-amd64,systemd-boot-efi,busybox-static",
            "--kernel-command-line=console=ttyS0 quiet no_timer_check boot.test=kept",
            // What the machine does not need takes an emulated firmware long to read and to measure.
            "--remove-files=/usr/lib/modules/*/kernel", "--output=boot", "--compress-output=zstd",
            "--runtime-network=none",
        ]
        let built = try project.mkosi(options + ["--force", "build"])
        #expect(built.succeeded, "\(built)")
        let image = "\(project.project)/boot.efi"
        let value = try Digest.hexadecimal(BootMeasurement.pcr11(of: image))
        let predicted = try JSON.parse(Files.read("\(project.project)/boot.pcrs.json"))
        let values = try #require(predicted["measurements"]?.array?.first?["values"]?.array)
        let start = values.first { $0["pcr"]?.integer == 11 && $0["phase"] == nil }
        #expect(start?["sha256"]?.string?.uppercased() == value.uppercased(), "\(predicted)")
        let ran = try project.mkosi(options + ["--tpm=yes", "--timeout=420", "vm"], limit: 500)
        #expect(ran.succeeded, "\(ran)")
        let words = ran.output.split(whereSeparator: \.isNewline).first { $0.contains("WORDS ") } ?? ""
        #expect(words.contains("boot.test=kept"), "\(ran)")
        #expect(ran.output.uppercased().contains("REACHED \(value.uppercased())"), "\(value): \(ran)")
    }
}
