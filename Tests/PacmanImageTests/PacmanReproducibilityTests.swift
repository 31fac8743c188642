import Execution
import JSON
import PackageSamples
import Support
import System
import TestSupport
import Testing

/// Two builds with packages of pacman, whose owners are named where they differ.
@Suite(.enabled(if: PacmanProject.isPossible, "needs pacman and gpg, on x86-64"))
struct PacmanReproducibilityTests {
    @Test func thePackageThatDiffersIsNamed() throws {
        let project = try PacmanProject(configuration: "CleanPackageMetadata=no")
        let same = try project.mkosi(["--check-reproducible"])
        #expect(same.succeeded, "\(same)")
        var stamp = SamplePackage("stamp")
        stamp.requires = ["shell"]
        stamp.files = [.directory("/usr/lib/stamp"), .text("/usr/lib/stamp/list", "from the package\n")]
        stamp.scripts = [
            .afterInstallation: "read -r line </proc/sys/kernel/random/uuid\necho \"$line\" >/usr/lib/stamp/list\n"
        ]
        let file = try PacmanFile(stamp)
        try Files.makeDirectories("\(project.project)/mkosi.packages")
        try Files.write(file.bytes, to: "\(project.project)/mkosi.packages/\(file.name)")
        let result = try project.mkosi(["--force", "--check-reproducible", "--json", "--package=stamp"])
        #expect(result.status == .exited(1), "\(result)")
        let images = try JSON.parse(result.outputBytes)["Images"]?.array ?? []
        let findings = images.flatMap { $0["Findings"]?.array ?? [] }
        let paths = findings.compactMap { $0["Path"]?.string }
        #expect(paths.contains("usr/lib/stamp/list"), "\(findings)")
        #expect(findings.allSatisfy { $0["Culprit"]?["Packages"] == .array(["stamp"]) }, "\(findings)")
    }

    @Test func theManifestStatesLicencesAndReasons() throws {
        let project = try PacmanProject()
        let result = try project.mkosi()
        #expect(result.succeeded, "\(result)")
        let packages = try JSON.parse(Files.read("\(project.project)/image.manifest"))["packages"]?.array ?? []
        func package(_ name: String) -> JSON? { packages.first { $0["name"]?.string == name } }
        #expect(package("tool")?["requested"] == .bool(true) && package("library")?["requested"] == .bool(false))
        #expect(package("tool")?["license"]?.string == "MIT AND GPL-2.0-or-later", "\(packages)")
    }
}
