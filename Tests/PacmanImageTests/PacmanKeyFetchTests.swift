import PackageSamples
import Support
import System
import TestSupport
import Testing

/// Keys that this machine does not have, out of the package of the distribution that has them.
@Suite(.enabled(if: PacmanProject.isPossible, "needs pacman and gpg, on x86-64"))
struct PacmanKeyFetchTests {
    /// A project without keys, whose repository has them in a package of their own.
    private func project(key: SampleKey? = nil, file: String = "archlinux.gpg") throws -> PacmanProject {
        let keys = try PacmanProject.keys.get()
        var keyring = SamplePackage("archlinux-keyring")
        // The file of a key is made of bytes that are no text.
        var member = SampleFile.text("/usr/share/pacman/keyrings/\(file)", "")
        member.kind = .regular(try (key ?? keys.good).publicKey())
        keyring.files = [member]
        let project = try PacmanProject(packages: PacmanProject.packages() + [keyring])
        Files.remove(project.directory("project/mkosi.sandbox/usr/share/pacman/keyrings/archlinux.gpg"))
        return project
    }

    @Test("They are fetched if that is wanted, and kept; what they have not signed is refused")
    func fetched() throws {
        let project = try project()
        var result = try project.mkosi()
        #expect(!result.succeeded && result.errors.contains("RepositoryKeyFetch=yes"), "\(result)")
        result = try project.mkosi(["--repository-key-fetch=yes"])
        #expect(result.succeeded, "\(result)")
        result = try project.mkosi(["--repository-key-fetch=yes", "--cache-only=metadata", "--force"])
        #expect(result.succeeded, "\(result)")

        let other = try self.project(key: SampleKey(owner: "Somebody <somebody@example.org>"))
        result = try other.mkosi(["--repository-key-fetch=yes"])
        #expect(!result.succeeded && result.errors.contains("core") && !Files.exists(other.image), "\(result)")
    }

    @Test("A package without them and a repository without the package are errors")
    func refused() throws {
        let project = try project(file: "archlinux.asc")
        let result = try project.mkosi(["--repository-key-fetch=yes"])
        #expect(!result.succeeded && result.errors.contains("has no keys in"), "\(result)")

        let none = try PacmanProject()
        Files.remove(none.directory("project/mkosi.sandbox/usr/share/pacman/keyrings/archlinux.gpg"))
        let missing = try none.mkosi(["--repository-key-fetch=yes"])
        #expect(!missing.succeeded && missing.errors.contains("has the package archlinux-keyring"), "\(missing)")
    }
}
