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
            packages: ConvertedPackages.system + ReportingDisk.packages + ["rpm"],
            configuration: ReportingDisk.configuration
        )
        try project.directory.write(
            ReportingDisk.unit(counting: "rpm --dbpath /usr/lib/sysimage/rpm -qa | wc -l"),
            to: "project/mkosi.extra\(ReportingDisk.unitPath)"
        )
        let result = try project.mkosi(["--force", "build"], limit: 900)
        try #require(result.succeeded, "\(result)")
        let machine = try project.mkosi(ReportingDisk.arguments, limit: 660)
        let marks = ReportingDisk.marks(in: machine.output)
        // The distributions' default is btrfs, whose module this kernel has as well.
        #expect(machine.succeeded && marks["root"] == "btrfs" && marks["done"] != nil, "\(machine)")
        #expect(marks["packages"].flatMap { Int($0) }.map { $0 > 90 } == true, "\(machine)")
    }
}
