import Support
import System
import TestSupport
import Testing

/// Builds that are planned, repeated and compared.
@Suite(.enabled(if: PacmanProject.isPossible, "needs pacman and gpg, on x86-64"))
struct PacmanRebuildTests {
    private static let configuration = "CleanPackageMetadata=no\n[Output]\nFormat=tar\nCompressOutput=none"

    @Test("Two builds under different conditions are the same, and what a script changes is named")
    func reproducible() throws {
        let project = try PacmanProject(configuration: Self.configuration)
        var result = try project.mkosi(["--check-reproducible"], limit: 300)
        #expect(result.succeeded && result.errors.contains("is identical"), "\(result)")

        try project.directory.write(
            "#!/bin/sh\ndate +%s%N >>\"$BUILDROOT/usr/lib/library.txt\"\n",
            to: "project/mkosi.postinst",
            mode: 0o755
        )
        result = try project.mkosi(["--check-reproducible"], limit: 300)
        #expect(!result.succeeded && result.output.contains("/usr/lib/library.txt: content differs"), "\(result)")
        #expect(result.output.contains("caused by the script \(project.project)/mkosi.postinst"), "\(result)")
    }

    @Test("A plan says which steps a build would run, and a kept layer is used for one package more")
    func plan() throws {
        let project = try PacmanProject(configuration: Self.configuration + "\n[Build]\nIncremental=yes")
        var plan = try project.mkosi(["plan"])
        #expect(plan.succeeded && plan.output.contains("  run "), "\(plan)")
        var result = try project.mkosi()
        #expect(result.succeeded, "\(result)")
        plan = try project.mkosi(["plan"])
        #expect(plan.succeeded && !plan.output.contains("  run "), "\(plan)")
        plan = try project.mkosi(["--package=further", "plan"])
        #expect(plan.succeeded && plan.output.contains("  run "), "\(plan)")
        result = try project.mkosi(["--progress-fd=3", "--force", "--package=further"])
        #expect(result.succeeded, "\(result)")
        // The layer has all other packages: only one is installed.
        #expect(result.steps("cached").contains("packages"), "\(result)")
        let image = "\(project.project)/image.tar"
        let list = try runChecked(["tar", "--list", "--file", image]).output
        #expect(list.contains("usr/share/further") && list.contains("usr/bin/tool"))
        #expect(list.contains("var/lib/pacman/local/further-2.0-1/desc"))
    }
}
