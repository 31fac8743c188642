import DistributionKit
import PluginWire
import TestSupport
import Testing

@testable import FedoraPlugin

/// Which keys packages are checked with, and where they come from.
@Suite struct KeyChoiceTests {
    @Test func allKeyFilesOfAManifestAreUsed() throws {
        let directory = try TemporaryDirectory()
        var context = try RepositoryTableTests.context("fedora", "43", "x86-64")
        context.distribution = "umbra"
        context.keyrings = []
        for name in ["one/key.asc", "two/key.asc", "two/next.asc"] {
            try directory.write("key", to: name)
            context.keyrings?.append(directory(name))
        }
        let repository = try #require(try DistributionRepositories(context).all().first)
        let keys = try KeyChoice(context).find(repository.keys)
        #expect(keys.files.map(\.source) == context.keyrings?.map(Optional.some))
        let targets = ["key.asc", "1-key.asc", "next.asc"].map { "/etc/pki/rpm-gpg/\($0)" }
        #expect(keys.files.map(\.path) == targets)
        #expect(keys.urls == targets.map { "file://\($0)" })
    }

    @Test func aManifestWithoutKeysIsRefused() throws {
        var context = try RepositoryTableTests.context("fedora", "43", "x86-64")
        context.distribution = "umbra"
        context.repositoryKeyCheck = true
        let error = #expect(throws: ErrorObject.self) { try KeyChoice(context).find([]) }
        #expect(error?.message == "the manifest of umbra names no key file that exists")
    }

    @Test func keysAreFetchedByHTTPSOnly() throws {
        var context = try RepositoryTableTests.context("fedora", "43", "x86-64")
        context.repositoryKeyCheck = true
        context.repositoryKeyFetch = true
        let choice = KeyChoice(context)
        let good = RepositoryKey(name: "no-such-key", url: "https://keys.example/key")
        #expect(try choice.find([good]).urls == [good.url])
        let bad = RepositoryKey(name: "no-such-key", url: "http://keys.example/key")
        let error = #expect(throws: ErrorObject.self) { try choice.find([good, bad]) }
        #expect(error?.message.contains("http://keys.example/key") == true)
    }

    @Test(arguments: [
        (nil, "https://mirrors.kernel.org/mageia"), ("http://mirror.example/m", "https://mirrors.kernel.org/mageia"),
        ("https://mirror.example/m", "https://mirror.example/m"), ("file:///m", "file:///m"),
    ])
    func theKeyOfAMirrorNeedsHTTPS(_ mirror: String?, _ base: String) throws {
        var context = try RepositoryTableTests.context("mageia", "9", "x86-64")
        context.mirror = mirror
        let url = try #require(try DistributionRepositories(context).all().first?.keys.first?.url)
        #expect(url == "\(base)/distrib/9/x86_64/media/core/release/media_info/pubkey")
    }

    @Test func noDistributionHasAKeyThatIsFetchedByHTTP() throws {
        for row in RepositoryTableTests.rows {
            var context = try RepositoryTableTests.context(row.fields[0], row.fields[1], row.fields[2])
            context.mirror = "http://mirror.example/m"
            for key in try DistributionRepositories(context).all().flatMap(\.keys) {
                #expect(key.url.hasPrefix("https://"), "\(row.fields[0]) \(key)")
            }
        }
    }
}
