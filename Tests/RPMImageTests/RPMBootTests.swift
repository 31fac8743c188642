import ConvertedPackages
import Support
import System
import TestSupport
import Testing

/// Disks of real packages that rpm has installed, started in virtual machines.
@Suite(
    .enabled(
        if: Soak.isEnabled && TestUser.isRoot && ConvertedPackages.isPossible,
        "make boot-tests runs it, as root on x86-64"
    ),
    .serialized
)
struct RPMBootTests {
    @Test(
        "A disk with the default initrd of the same repository starts, and a unit of its own reports",
        arguments: RPMManager.allCases
    )
    func boot(_ manager: RPMManager) throws {
        try #require(
            Paths.findProgram("qemu-system-x86_64") != nil,
            "There is no program qemu-system-x86_64: run make deps"
        )
        let project = try RealRPMRepository.make(isWhole: true).project(
            manager,
            .root,
            packages: ConvertedPackages.system + ["linux-image-cloud-amd64", "rpm", "systemd-boot-efi"],
            configuration: """
                Bootable=yes
                CleanPackageMetadata=no
                KernelCommandLine=console=ttyS0 quiet no_timer_check systemd.show_status=no systemd.unit=report.service systemd.default_device_timeout_sec=300
                Locale=C.UTF-8
                Timezone=Etc/UTC
                RootPassword=hashed:
                [Output]
                Format=disk
                [Runtime]
                CPUs=2
                RAM=1G
                """
        )
        let rpm = "rpm --dbpath /usr/lib/sysimage/rpm -qa | wc -l"
        try project.directory.write(
            """
            [Unit]
            DefaultDependencies=no
            After=local-fs.target systemd-remount-fs.service
            Wants=local-fs.target
            FailureAction=poweroff-immediate
            [Service]
            Type=oneshot
            ExecStart=/bin/bash -c 'exec >/dev/console 2>&1; echo; echo MARK packages $(\(rpm)); echo MARK root $(findmnt -no FSTYPE /); echo MARK done; systemctl poweroff -ff'

            """,
            to: "project/mkosi.extra/usr/lib/systemd/system/report.service"
        )
        // The distributions' default is btrfs, whose module this kernel has as well.
        let result = try project.mkosi(["--force", "build"])
        try #require(result.succeeded, "\(result)")
        let machine = try project.mkosi(
            ["--ephemeral=yes", "--tpm=no", "--runtime-network=none", "--timeout=600", "vm"],
            limit: 660
        )
        #expect(machine.succeeded, "\(machine)")
        let marks = machine.output.split(whereSeparator: \.isNewline).filter { $0.contains("MARK ") }
        #expect(
            marks.contains { $0.contains("MARK root btrfs") } && marks.contains { $0.contains("MARK done") },
            "\(machine)"
        )
        let count = marks.first { $0.contains("MARK packages ") }?.split(separator: " ").last
        #expect(count.flatMap { Int($0) }.map { $0 > 90 } == true, "\(machine)")
    }
}
