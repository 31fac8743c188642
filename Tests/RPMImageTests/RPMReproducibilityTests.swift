import Execution
import JSON
import PackageSamples
import Support
import System
import TestSupport
import Testing

/// Two builds with packages of RPM, whose owners are named where they differ.
@Suite(.serialized) struct RPMReproducibilityTests {
    /// A package whose script makes something else each time.
    private static var stamp: SamplePackage {
        var package = SamplePackage("stamp")
        package.requires = ["shell", "filesystem"]
        package.files = [.directory("/usr/lib/stamp"), .text("/usr/lib/stamp/list", "from the package\n")]
        package.scripts = [
            .afterInstallation: "read -r line </proc/sys/kernel/random/uuid\necho \"$line\" >/usr/lib/stamp/list\n"
        ]
        return package
    }

    private static func check(_ project: String, _ mkosi: ([String]) throws -> RunResult) throws {
        let same = try mkosi(["--check-reproducible", "--package=tool"])
        #expect(same.succeeded, "\(same)")
        let file = try RPMRepository([stamp], key: nil).packages[0]
        try Files.makeDirectories("\(project)/mkosi.packages")
        try Files.write(file.bytes, to: "\(project)/mkosi.packages/\(file.name)")
        let result = try mkosi(["--force", "--check-reproducible", "--json", "--package=tool,stamp"])
        #expect(result.status == .exited(1), "\(result)")
        let images = try JSON.parse(result.outputBytes)["Images"]?.array ?? []
        let findings = images.flatMap { $0["Findings"]?.array ?? [] }
        #expect(findings.map { $0["Path"]?.string } == ["usr/lib/stamp/list"], "\(findings)")
        #expect(findings.allSatisfy { $0["Culprit"]?["Packages"] == .array(["stamp"]) }, "\(findings)")
    }

    @Test(.enabled(if: RPMProject.isPossible, "needs dnf")) func byDNF() throws {
        let project = try RPMProject()
        try Self.check(project.project) { try project.mkosi($0) }
    }

    @Test(.enabled(if: ZypperProject.isPossible, "needs zypper")) func byZypper() throws {
        let project = try ZypperProject()
        try Self.check(project.project) { try project.mkosi($0) }
    }
}
