import PackageSamples
import Support
import System
import TestSupport
import Testing

/// Several versions of one package in a tree: kernels of RPM distributions stand side by side.
@Suite struct KernelVersionTests {
    private static func kernel(_ version: String) -> SamplePackage {
        var package = SamplePackage("kernel-core")
        package.version = version
        package.provides = [SampleRelation("installonlypkg(kernel)"), SampleRelation("multiversion(kernel)")]
        package.requires = ["shell"]
        let directory = "/usr/lib/modules/\(version)"
        package.files = [.directory(directory), .text("\(directory)/vmlinuz", "\(version)\n")]
        return package
    }

    private static func word(_ version: String, for family: FamilyTests.Family) -> String {
        family == .zypper ? "kernel-core=\(version)" : "kernel-core-\(version)"
    }

    @Test(
        "Two kernels are installed, locked, kept beside a third one, and removed together",
        arguments: Soak.sample([FamilyTests.Family.dnf, .zypper].filter(\.isPossible), every: 2)
    )
    func sideBySide(_ family: FamilyTests.Family) throws {
        let project = try FamilyTests.Project(family, adding: ["5.1", "5.2", "6.1"].map(Self.kernel))
        func kernels() throws -> [String] {
            (try? Files.list(project.directory("project/image/usr/lib/modules")).sorted()) ?? []
        }
        let two = ["5.1", "5.2"].map { "--package=\(Self.word($0, for: family))" }
        var result = try project.mkosi(two + ["--incremental=yes"])
        #expect(result.succeeded, "\(result)")
        #expect(try kernels() == ["5.1", "5.2"])

        result = try project.mkosi(
            two + ["--incremental=yes", "--force", "--package=\(Self.word("6.1", for: family))", "--package=second"]
        )
        #expect(result.succeeded && result.steps("cached").contains("packages"), "\(result)")
        #expect(try kernels() == ["5.1", "5.2", "6.1"] && project.text("usr/share/second") == "2.0\n")

        result = try project.mkosi(two + ["lock"])
        #expect(result.succeeded, "\(result)")
        let lines = try Files.readText(project.directory("project/mkosi.lock")).split(separator: "\n")
        let locked = lines.filter { $0.hasPrefix("package kernel-core ") }
        #expect(locked.count == 2 && locked.allSatisfy { $0.contains("alongside") }, "\(lines)")
        result = try project.mkosi(two + ["--force", "--check-reproducible"])
        #expect(result.succeeded, "\(result)")
        #expect(try kernels() == ["5.1", "5.2"])

        result = try project.mkosi(two + ["--force", "--remove-package=kernel-core"])
        #expect(result.succeeded, "\(result)")
        #expect(try kernels().isEmpty && project.text("usr/share/first") == "2.0\n")
    }
}
