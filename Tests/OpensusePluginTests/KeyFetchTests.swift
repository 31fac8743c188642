import DistributionKit
import PluginWire
import Testing

@testable import OpensusePlugin

/// Where a key is fetched from that is not on the host.
@Suite struct KeyFetchTests {
    private static func find(mirror: String?, repository: String) throws -> [String] {
        var context = ABI.V1.Context.sample(mirror: mirror)
        context.repositoryKeyCheck = true
        context.repositoryKeyFetch = true
        context.keyrings = []
        return try KeyChoice(context).find(first: repository).urls
    }

    @Test(arguments: [
        (nil, "http://download.opensuse.org", "https://download.opensuse.org"),
        ("http://mirror.example/suse/", "http://mirror.example/suse", "https://download.opensuse.org"),
        ("https://mirror.example/suse", "https://mirror.example/suse", "https://mirror.example/suse"),
        ("file:///srv/suse", "file:///srv/suse", "file:///srv/suse"),
    ])
    func keysAreFetchedByHTTPS(_ mirror: String?, _ base: String, _ keys: String) throws {
        let urls = try Self.find(mirror: mirror, repository: "\(base)/tumbleweed/repo/oss")
        #expect(urls == ["\(keys)/tumbleweed/repo/oss/repodata/repomd.xml.key"])
    }

    @Test func theKeyOfALocalMirrorIsNotFetchedByHTTP() {
        let error = #expect(throws: ErrorObject.self) {
            try Self.find(mirror: nil, repository: "http://local.example/oss")
        }
        #expect(error?.message.contains("http://local.example/oss/repodata/repomd.xml.key") == true)
        #expect(error?.data?.hint?.contains("RepositoryKeyFetch=") == true)
    }
}
