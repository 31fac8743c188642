import Crypto
import PackageSamples
import Support
import System
import TestSupport
import Testing

/// Repositories whose indexes have SHA-512 digests of packages and no others, as those of openSUSE have.
@Suite(.enabled(if: ZypperProject.isPossible, "needs zypper, rpm and gpgv")) struct LongDigestTests {
    private static func remembered(_ project: ZypperProject) throws -> [String] {
        try runChecked(["find", project.directory.path, "-path", "*/packages-by-sha512/*", "-type", "f"]).outputLines
    }

    @Test("Packages are downloaded once, have SHA-256 digests in a lock file, and a changed one is refused")
    func packages() throws {
        let project = try ZypperProject(settings: "Packages=tool", digest: .sha512)
        let cache = ["--package-cache-directory=\(project.directory("cache"))"]
        try project.build(cache)
        #expect(try project.installed().contains("tool"))
        let files = try Self.remembered(project)
        #expect(files.count == (try project.installed().count))
        let locked = try project.mkosi(cache + ["lock"])
        #expect(locked.succeeded, "\(locked)")
        let lock = try Files.readText("\(project.project)/mkosi.lock")
        #expect(lock.contains("package tool 2.0-3 noarch") && !lock.contains("packages-by-sha512"), "\(lock)")
        // Not even the packages are needed again.
        try runChecked(["mv", "\(project.repository)/packages", project.directory("packages")])
        try project.build(cache)
        Files.remove("\(project.project)/mkosi.lock")
        try project.build(cache + ["--cache-only=metadata"])
        try runChecked(["mv", project.directory("packages"), "\(project.repository)/packages"])

        let changed = try Files.list("\(project.repository)/packages").first { $0.hasPrefix("tool-") }
        let path = "\(project.repository)/packages/\(try #require(changed))"
        var bytes = try Files.read(path)
        bytes[bytes.count - 100] ^= 1
        try Files.write(bytes, to: path)
        let refused = try project.mkosi(["--package-cache-directory=\(project.directory("new"))", "--force", "build"])
        #expect(!refused.succeeded && refused.errors.contains("the package tool"), "\(refused)")
        #expect(refused.errors.contains("SHA-512 digest"), "\(refused)")
    }
}
