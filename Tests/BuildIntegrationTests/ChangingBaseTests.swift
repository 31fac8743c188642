import Support
import TestSupport
import Testing

/// An image on the output of another one, which changes: what base trees have is not installed again.
@Suite("Base trees that change")
struct ChangingBaseTests {
    /// The main image wants a package that its base already has, `base` says which.
    private func project(base: String) throws -> TinyProject {
        let tiny = try TinyProject(
            configuration: """
                [Output]
                OutputDirectory=out
                [Content]
                CleanPackageMetadata=no
                BaseTrees=%O/base
                [Build]
                Incremental=yes
                """
        )
        try set(base: base, tiny)
        return tiny
    }

    private func set(base: String, _ tiny: TinyProject) throws {
        try tiny.directory.write(
            "[Output]\nFormat=directory\n[Content]\nPackages=\(base)\nCleanPackageMetadata=no\n",
            to: "project/mkosi.images/base/mkosi.conf"
        )
    }

    private func hasHello(_ tiny: TinyProject) throws -> Bool {
        try runChecked(["tar", "-tf", "\(tiny.project)/out/image.tar"]).outputLines.contains("usr/bin/hello")
    }

    @Test("Packages are chosen again when the base has others")
    func choice() throws {
        let tiny = try project(base: "hello")
        #expect(try tiny.mkosi().succeeded)
        #expect(try hasHello(tiny))
        try set(base: "extra", tiny)
        let second = try tiny.mkosi(["-f"])
        #expect(try second.succeeded && hasHello(tiny), "\(second)")
        let third = try tiny.build(["-f"])
        #expect(third.keepsOutput, "\(third)")
    }

    @Test("The lock file follows a base that gets other packages")
    func lock() throws {
        let tiny = try project(base: "hello")
        #expect(try tiny.mkosi(["lock"]).succeeded)
        try set(base: "extra", tiny)
        let result = try tiny.mkosi(["lock"])
        #expect(result.succeeded && result.output.contains("main: + hello 1.0"), "\(result)")
        #expect(try tiny.mkosi(["-f"]).succeeded)
        #expect(try hasHello(tiny))
    }

    @Test("A plan says that an image has to wait for its base, also where there is none yet")
    func plan() throws {
        let tiny = try project(base: "hello")
        let first = try tiny.mkosi(["plan"])
        #expect(first.succeeded && first.output.contains("BaseTrees= out/base: not created yet"), "\(first)")
        #expect(first.output.contains("unresolved packages: packages"))
        #expect(try tiny.mkosi().succeeded)
        #expect(try !tiny.mkosi(["plan"]).output.contains("  run "))
        try set(base: "extra", tiny)
        let changed = try tiny.mkosi(["plan"])
        let main = changed.output.split(separator: "main\n", maxSplits: 1).last ?? ""
        #expect(main.contains("BaseTrees= out/base:") && main.contains("→ not created yet"), "\(changed)")
        #expect(!main.contains("  reuse "), "\(changed)")
    }
}
