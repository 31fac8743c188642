import ConvertedPackages
import PackageSamples
import Support
import System
import TestSupport
import Testing

/// A disk of real packages that pacman has installed, started in a virtual machine.
@Suite(
    .enabled(
        if: Soak.isEnabled && TestUser.isRoot && PacmanProject.isPossible,
        "make boot-tests runs it, as root on x86-64"
    ),
    .serialized
)
struct PacmanBootTests {
    @Test("A disk with the default initrd of the same repository starts, and a unit of its own reports")
    func boot() throws {
        try #require(
            Paths.findProgram("qemu-system-x86_64") != nil,
            "There is no program qemu-system-x86_64: run make deps"
        )
        let project = try PacmanProject(
            mirror: RealPacmanRepository.make().mirror,
            installing: ConvertedPackages.system + ["linux-image-cloud-amd64", "systemd-boot-efi"],
            configuration: """
                Bootable=yes
                KernelCommandLine=console=ttyS0 quiet no_timer_check systemd.show_status=no systemd.unit=report.service systemd.default_device_timeout_sec=300
                Locale=C.UTF-8
                Timezone=Etc/UTC
                RootPassword=hashed:
                SourceDateEpoch=1700000000
                [Output]
                Format=disk
                [Runtime]
                CPUs=2
                RAM=1G
                """
        )
        try project.directory.write(
            """
            [Unit]
            DefaultDependencies=no
            After=local-fs.target systemd-remount-fs.service
            Wants=local-fs.target
            FailureAction=poweroff-immediate
            [Service]
            Type=oneshot
            ExecStart=/bin/bash -c 'exec >/dev/console 2>&1; echo; echo MARK packages $(pacman -Qq | wc -l); echo MARK root $(findmnt -no FSTYPE /); echo MARK done; systemctl poweroff -ff'

            """,
            to: "project/mkosi.extra/usr/lib/systemd/system/report.service"
        )
        let result = try project.mkosi(["--force", "--package=pacman", "build"], limit: 600)
        try #require(result.succeeded, "\(result)")
        let machine = try project.mkosi(
            ["--ephemeral=yes", "--tpm=no", "--runtime-network=none", "--timeout=600", "--package=pacman", "vm"],
            limit: 660
        )
        #expect(machine.succeeded, "\(machine)")
        let marks = machine.output.split(whereSeparator: \.isNewline).filter { $0.contains("MARK ") }
        #expect(
            marks.contains { $0.contains("MARK root ext4") } && marks.contains { $0.contains("MARK done") },
            "\(machine)"
        )
        let count = marks.first { $0.contains("MARK packages ") }?.split(separator: " ").last
        #expect(count.flatMap { Int($0) }.map { $0 > 90 } == true, "\(machine)")
    }
}
