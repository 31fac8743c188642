import PackageSamples
import Support
import System
import TestSupport
import Testing

/// What is not trusted is refused before there is an output.
@Suite(.enabled(if: PacmanProject.isPossible, "needs pacman and gpg, on x86-64"))
struct PacmanTrustTests {
    private static let words: [RepositoryVariant: String] = [
        .unsigned: "signed", .otherKey: "trust", .expired: "expired", .changed: "tool", .changedIndex: "trust",
    ]

    @Test(arguments: [RepositoryVariant.unsigned, .otherKey, .expired, .changed, .changedIndex])
    func isRefused(_ variant: RepositoryVariant) throws {
        let project = try PacmanProject(variant: variant)
        let result = try project.mkosi()
        #expect(!result.succeeded, "\(result)")
        #expect(result.errors.contains(Self.words[variant] ?? ""), "\(result)")
        #expect(!Files.exists(project.image), "\(result)")
    }

    @Test(arguments: [PacmanRepository.Signed.database, .packages])
    func oneSignatureIsEnough(_ signed: PacmanRepository.Signed) throws {
        let project = try PacmanProject(signed: signed, configuration: "CleanPackageMetadata=no")
        let result = try project.mkosi()
        #expect(result.succeeded, "\(result)")
        let method = signed == .packages ? "pgp" : "sha256"
        #expect(try project.description(of: "tool").contains("%VALIDATION%\n\(method)\n"))
    }

    @Test("With nothing but packages signed, a package of another key is refused")
    func packageOfAnotherKey() throws {
        let project = try PacmanProject(signed: .packages)
        let other = try SampleKey(owner: "Somebody <somebody@example.org>")
        let name = try #require(try Files.list(project.core).first { $0.hasPrefix("tool-") && $0.hasSuffix(".sig") })
        let package = try Files.read("\(project.core)/\(name.dropLast(4))")
        try Files.write(try other.signature(of: package), to: "\(project.core)/\(name)")
        let result = try project.mkosi()
        #expect(!result.succeeded && result.errors.contains("tool"), "\(result)")
        #expect(!Files.exists(project.image))
    }

    @Test("What was refused once is refused again, although an incremental build keeps what it resolved")
    func incrementalBuildsCheckToo() throws {
        let project = try PacmanProject(signed: .packages)
        let other = try SampleKey(owner: "Somebody <somebody@example.org>")
        let name = try #require(try Files.list(project.core).first { $0.hasPrefix("tool-") && $0.hasSuffix(".sig") })
        let good = try Files.read("\(project.core)/\(name)")
        let package = try Files.read("\(project.core)/\(name.dropLast(4))")
        try Files.write(try other.signature(of: package), to: "\(project.core)/\(name)")
        for _ in 0..<2 {
            let result = try project.mkosi(["--incremental=yes"])
            #expect(!result.succeeded && result.errors.contains("tool"), "\(result)")
            #expect(!Files.exists(project.image))
        }
        // Nothing of the bad signature is kept.
        try Files.write(good, to: "\(project.core)/\(name)")
        for _ in 0..<2 {
            let result = try project.mkosi(["--incremental=yes", "--force"])
            #expect(result.succeeded, "\(result)")
        }
    }

    @Test("What an unsigned database states does not become the path of another file")
    func digestsAreNotPaths() throws {
        let project = try PacmanProject(signed: .packages)
        let scratch = project.directory("unpacked")
        try Files.makeDirectories(scratch)
        let database = "\(project.core)/core.db"
        try runChecked(["tar", "--extract", "--file", database, "--directory", scratch])
        let name = try #require(try Files.list(scratch).first { $0.hasPrefix("tool-") })
        let text = try Files.readText("\(scratch)/\(name)/desc")
        let digest = try #require(text.firstRange(of: "%SHA256SUM%\n").map { text[$0.upperBound...].prefix(64) })
        let evil = project.directory("evil")
        let up = String(repeating: "../", count: 30)
        try Files.write(Array(text.replacing(digest, with: up + evil.dropFirst()).utf8), to: "\(scratch)/\(name)/desc")
        try runChecked(["tar", "--create", "--gzip", "--file", database, "--directory", scratch] + Files.list(scratch))
        let result = try project.mkosi()
        #expect(!result.succeeded && result.errors.contains("SHA-256 digest of the package tool"), "\(result)")
        #expect(try Files.list(project.directory.path).allSatisfy { !$0.hasPrefix("evil") })
    }

    @Test func uncheckedRepositoriesAreAChoice() throws {
        let project = try PacmanProject(variant: .unsigned)
        let result = try project.mkosi(["--repository-key-check=no"])
        #expect(result.succeeded, "\(result)")
    }
}
