import Glibc
import PackageSamples
import Support
import System
import TestSupport
import Testing

/// Repositories that are written several times within a second, as tests do.
struct IndexTimeTests {
    @Test("Each newer index has a later second, by which package managers see that it has changed")
    func laterSeconds() throws {
        let directory = try TemporaryDirectory()
        let keys = try RepositoryKeys()
        var package = SamplePackage("sample")
        package.files = [.text("/usr/share/sample", "sample\n")]
        var times: [[Int]] = []
        for _ in 0..<3 {
            try PacmanRepository.write("core", [package], to: directory("pacman"), keys: keys)
            try RPMRepository.write([package], to: directory("rpm"), keys: keys)
            times.append(
                try ["pacman/core.db", "rpm/repodata/repomd.xml"].map { name in
                    var status = stat()
                    try systemCall("stat", name) { stat(directory(name), &status) }
                    return status.st_mtim.tv_sec
                }
            )
        }
        for (earlier, later) in zip(times, times.dropFirst()) {
            #expect(zip(earlier, later).allSatisfy { $0 < $1 }, "\(times)")
        }
    }
}
