import Support
import System
import TestSupport
import Testing

/// Trees without a package manager: base trees, skeleton trees and scripts make them.
@Suite struct CustomDistributionTests {
    private func project() throws -> WalkProject {
        let project = try WalkProject(TestUser.isRoot ? .root : TestUser.available[0])
        try project.directory.write("ID=home\n", to: "project/base/usr/lib/os-release")
        try project.script("mkosi.prepare", "echo prepared >$BUILDROOT/etc-of-mine")
        return project
    }

    @Test func baseTreesAndScriptsMakeTheTree() throws {
        let project = try project()
        let result = try project.mkosi(["--base-tree=base"])
        #expect(result.succeeded && !result.errors.contains("warning"), "\(result)")
        #expect(try Files.readText(project.directory("project/image/usr/lib/os-release")) == "ID=home\n")
        #expect(try Files.readText(project.directory("project/image/etc-of-mine")) == "prepared\n")
    }

    @Test func packagesAreNamedAsWithoutEffect() throws {
        let project = try project()
        let result = try project.mkosi(["--base-tree=base", "--package=tool", "--remove-package=other"])
        #expect(result.succeeded, "\(result)")
        #expect(
            result.errors.contains("Packages=, RemovePackages= have no effect: the distribution custom has no package")
        )
    }

    @Test func thereAreNoSnapshots() throws {
        let project = try project()
        for arguments in [["--snapshot=1"], ["latest-snapshot"]] {
            let result = try project.mkosi(arguments)
            #expect(
                !result.succeeded && result.errors.contains("has no package manager, and so no snapshots"),
                "\(result)"
            )
        }
    }
}
