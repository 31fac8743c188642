import ConvertedPackages
import Support
import System
import TestSupport
import Testing

/// A disk of real packages that pacman has installed, started in a virtual machine.
@Suite(
    .enabled(
        if: Soak.isEnabled && TestUser.isRoot && PacmanProject.isPossible && ConvertedPackages.isPossible,
        "make boot-tests runs it, as root on x86-64"
    )
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
            installing: RealPacmanRepository.packages + ReportingDisk.packages,
            configuration: ReportingDisk.configuration
        )
        try project.directory.write(
            ReportingDisk.unit(counting: "pacman -Qq | wc -l"),
            to: "project/mkosi.extra\(ReportingDisk.unitPath)"
        )
        let result = try project.mkosi(["--force", "build"], limit: 900)
        try #require(result.succeeded, "\(result)")
        let machine = try project.mkosi(ReportingDisk.arguments, limit: 660)
        let marks = ReportingDisk.marks(in: machine.output)
        #expect(machine.succeeded && marks["root"] == "ext4" && marks["done"] != nil, "\(machine)")
        #expect(marks["packages"].flatMap { Int($0) }.map { $0 > 90 } == true, "\(machine)")
    }
}
