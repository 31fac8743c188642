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

    @Test func uncheckedRepositoriesAreAChoice() throws {
        let project = try PacmanProject(variant: .unsigned)
        let result = try project.mkosi(["--repository-key-check=no"])
        #expect(result.succeeded, "\(result)")
    }
}
