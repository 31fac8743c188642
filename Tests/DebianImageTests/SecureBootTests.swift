import BootKit
import Crypto
import JSON
import Support
import System
import TestSupport
import Testing

extension BootSuites {
    /// A small disk with systemd-boot that firmware verifies with the project's own key.
    @Suite struct SecureBootTests {
        /// Registers whose values are predicted.
        private static let registers = [4, 7, 11, 12, 13]

        /// The first process of the machine: it reports and ends it.
        ///
        /// The content of variables begins with four bytes of attributes.
        private static let program = """
            #!/bin/busybox sh
            /bin/busybox mount -t devtmpfs dev /dev
            /bin/busybox mount -t sysfs sys /sys
            /bin/busybox mount -t proc proc /proc
            exec >/dev/console 2>&1
            /bin/busybox insmod /usr/lib/modules/*/kernel/fs/efivarfs/efivarfs.ko*
            /bin/busybox mount -t efivarfs vars /sys/firmware/efi/efivars
            /bin/busybox echo
            /bin/busybox echo MARK secure $(/bin/busybox od -An -tu1 /sys/firmware/efi/efivars/SecureBoot-*)
            /bin/busybox echo MARK setup $(/bin/busybox od -An -tu1 /sys/firmware/efi/efivars/SetupMode-*)
            /bin/busybox echo MARK cmdline $(/bin/busybox cat /proc/cmdline)
            for register in \(registers.map(String.init).joined(separator: " ")); do
                /bin/busybox echo MARK pcr$register $(/bin/busybox cat /sys/class/tpm/tpm0/pcr-sha256/$register)
            done
            /bin/busybox echo MARK done yes
            /bin/busybox poweroff -f
            """

        private static func project(_ release: String) throws -> DebianProject {
            try BootSuites.require("qemu-system-x86_64", "swtpm")
            let project = try DebianProject(format: "disk")
            try project.directory.write(
                """
                [Distribution]
                Distribution=debian
                Release=\(release)
                [Output]
                ManifestFormat=
                [Content]
                SourceDateEpoch=1700000000
                [Runtime]
                CPUs=2
                RAM=1G

                """,
                to: "project/mkosi.conf"
            )
            try project.directory.makeDirectory("project/mkosi.extra/efi/loader")
            try project.directory.write(program, to: "project/mkosi.extra/init")
            try runChecked(["chmod", "755", project.directory("project/mkosi.extra/init")])
            try project.directory.write(
                "timeout 0\nsecure-boot-enroll force\n",
                to: "project/mkosi.extra/efi/loader/loader.conf"
            )
            try project.directory.makeDirectory("project/esp")
            let esp = "Type=esp Format=vfat CopyFiles=/boot:/ CopyFiles=/efi:/ SizeMinBytes=128M SizeMaxBytes=128M"
            let lines = esp.split(separator: " ").joined(separator: "\n")
            try project.directory.write("[Partition]\n\(lines)\n", to: "project/esp/00-esp.conf")
            return project
        }

        private static func disk(_ name: String) -> [String] {
            [
                "--format=disk", "--repart-directory=esp", "--bootable=yes",
                "--package=linux-image-cloud-amd64,systemd-boot-efi",
                "--initrd=start.cpio", "--kernel-initrd-modules=efivarfs", "--output=\(name)",
                "--kernel-command-line=console=ttyS0 quiet no_timer_check boot.test=\(name)",
            ]
        }

        private static let machine = [
            "--ephemeral=yes", "--firmware=uefi-secure-boot", "--runtime-network=none", "--timeout=600", "vm",
        ]

        /// Systemd 252 and 257, which measure differently.
        @Test(
            "firmware gets the key from the disk, starts what is signed with it, and the TPM holds what was predicted",
            arguments: ["trixie", "bookworm"]
        )
        func signed(release: String) throws {
            let project = try Self.project(release)
            // Of the tree there is left what the program above needs.
            let removed = "/usr/share,/usr/lib/*,/usr/sbin,/usr/bin/[!b]*,/var,/etc"
            try build(
                project,
                [
                    "--format=cpio", "--compress-output=none", "--output=start", "--package=busybox-static",
                    "--remove-files=\(removed)",
                ]
            )
            let keys = try project.mkosi(["genkey"])
            try #require(keys.succeeded, "\(keys)")
            let options = Self.disk("signed") + ["--secure-boot=yes", "--sign-expected-pcr=yes"]
            try build(project, options)
            // systemd-boot enrols the certificate in a firmware that has none, and starts the machine again.
            let report = BootReport(try project.mkosi(options + ["--tpm=yes"] + Self.machine, limit: 660))
            #expect(report.succeeded, "\(report)")
            #expect(report.marks["secure"] == "6 0 0 0 1" && report.marks["setup"] == "6 0 0 0 0", "\(report)")
            for value in try Self.predicted("\(project.project)/signed.pcrs.json") {
                #expect(report.marks["pcr\(value.register)"]?.lowercased() == value.digest, "\(value): \(report)")
            }

            if release == "trixie" { try refusesUnsigned(project) }
        }

        /// The next disk is started once the first one is refused.
        private func refusesUnsigned(_ project: DebianProject) throws {
            let unsigned = Self.disk("unsigned") + ["--secure-boot-auto-enroll=no"]
            try build(project, unsigned)
            let second =
                "-drive if=none,id=second,format=raw,readonly=on,file=\(project.project)/signed.raw "
                + "-device virtio-blk-pci,drive=second,bootindex=2"
            let arguments = unsigned + ["--firmware-variables=custom", "--tpm=no", "--qemu-args=\(second)"]
            let refused = BootReport(try project.mkosi(arguments + Self.machine, limit: 660))
            #expect(refused.succeeded, "\(refused)")
            let reasons = ["Access Denied", "Security Violation"]
            #expect(reasons.contains { refused.result.output.contains($0) }, "\(refused)")
            #expect(refused.marks["secure"] == "6 0 0 0 1", "\(refused)")
            #expect(refused.marks["cmdline"]?.contains("boot.test=signed") == true, "\(refused)")
        }

        private func build(_ project: DebianProject, _ options: [String]) throws {
            let built = try project.mkosi(options + ["--force", "build"], limit: 600)
            try #require(built.succeeded, "\(built)")
        }

        /// The values before the first phase of the boot, one for each register.
        private static func predicted(_ path: String) throws -> [(register: Int, digest: String)] {
            let json = try JSON.parse(Files.read(path))
            let values = try #require(json["measurements"]?.array?.first?["values"]?.array)
            let found = values.compactMap { value -> (register: Int, digest: String)? in
                guard value["phase"]?.string == nil, let register = value["pcr"]?.integer,
                    let digest = value["sha256"]?.string
                else { return nil }
                return (register, digest)
            }
            #expect(found.map(\.register) == registers)
            return found
        }
    }
}
