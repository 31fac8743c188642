import ConvertedPackages
import PackageSamples
import Support
import System
import TestSupport
import Testing

/// Writes signed repositories of real packages for Benchmarks/families.sh, which names the directory.
@Suite struct RepositoryExportTests {
    private static let directory = Environment.variable("MKOSI_EXPORT_REPOSITORIES")

    @Test(.enabled(if: directory != nil && ConvertedPackages.isPossible, "Benchmarks/families.sh runs it"))
    func export() throws {
        let directory = try #require(Self.directory)
        let keys = try RepositoryKeys()
        try RPMRepository.write(
            ConvertedPackages.load(ConvertedPackages.system + ["rpm"], for: .rpm),
            to: "\(directory)/rpm",
            keys: keys
        )
        let mirror = "\(directory)/pacman"
        try PacmanRepository.write(
            "core",
            ConvertedPackages.load(ConvertedPackages.system, for: .pacman),
            to: "\(mirror)/core/os/x86_64",
            keys: keys
        )
        try PacmanRepository.write("extra", [], to: "\(mirror)/extra/os/x86_64", keys: keys)
        // Written last: the directory is complete.
        try Files.write(Array(ConvertedPackages.system.joined(separator: "\n").utf8), to: "\(directory)/packages")
    }
}
