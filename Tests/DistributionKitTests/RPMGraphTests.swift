import PackageSamples
import PluginWire
import Testing

@testable import DistributionKit

/// What goes with a package that is removed, what rpm's reports mean, and when keys expire.
@Suite struct RPMGraphTests {
    private static let lines = """
        P\tbase\tbase
        P\tapp\tapp
        R\tapp\tlibapp
        R\tapp\t(tool if base)
        P\tlibapp\tlibapp
        R\tlibapp\tbase
        P\ttool\ttool
        P\tother\tother
        R\tother\t/usr/lib/libshared
        P\tshared\tshared
        P\tshared\t/usr/lib/libshared
        R\tlibapp\tshared
        P\tplugin\tplugin
        R\tplugin\tapp
        P\tspare\tspare
        """.split(separator: "\n").map(String.init)

    @Test(arguments: [
        (["app"], ["app", "libapp", "plugin", "tool"]), (["plugin"], ["plugin"]),
        (["shared"], ["app", "libapp", "other", "plugin", "shared", "tool"]), (["absent"], []),
    ])
    func removesWhatNothingElseNeeds(_ names: [String], _ removed: [String]) {
        let graph = RPMGraph(lines: Self.lines)
        let automatic: Set = ["libapp", "tool", "shared", "spare"]
        #expect(graph.removal(of: Set(names), automatic: automatic).sorted() == removed)
    }

    @Test func namesOfConditions() {
        #expect(RPMGraph.names("(a if b(x))") == ["a", "b(x)"])
        #expect(RPMGraph.names("((a >= 1 and b) or c)").contains("c"))
        #expect(RPMGraph.names("libc.so.6(GLIBC_2.4)(64bit)") == ["libc.so.6(GLIBC_2.4)(64bit)"])
    }

    @Test(
        arguments: [
            ("    Header V4 RSA/SHA256 Signature, key ID 12ed8a96: OK", nil),
            ("    Header V4 RSA/SHA256 Signature, key ID 12ed8a96: NOKEY", "is signed with the key 12ed8a96"),
            ("    Header V4 RSA/SHA256 Signature, key ID 12ed8a96: BAD", "has a bad signature"),
            ("    Payload SHA256 digest: BAD (Expected a != b)", "is not what was signed"),
            ("    Header SHA256 digest: OK", "is not signed"),
            ("    RSA signature: NOTFOUND", "is not signed"),
        ] as [(String, String?)]
    )
    func reportsOnSignatures(_ line: String, _ reason: String?) {
        var report = RPMKeys.Report()
        report.take("/packages/tool-1-1.noarch.rpm:")
        report.take(line)
        report.finish()
        #expect(report.checked == 1)
        let message = report.failure?.message
        if let reason { #expect(message?.contains("tool-1-1.noarch.rpm \(reason)") == true, "\(message ?? "")") }
        #expect((message == nil) == (reason == nil))
    }

    @Test func explainsFailures() {
        var log = RPMLog()
        log.append("error: Failed dependencies:")
        log.append("\tacme is needed by tool-1-1.noarch")
        #expect(log.failure(of: "installed", status: 1).message.contains("acme is needed by tool-1-1.noarch"))
        log = RPMLog()
        log.append("something is missing")
        log.append("error: %prein(failing-2.0-1.noarch) scriptlet failed, exit status 3")
        log.append("error: unpacking of archive failed on file /usr/x;12ab: cpio: open failed - Disk full")
        let error = log.failure(of: "installed", status: 1)
        #expect(error.message == "the prein script of failing-2.0-1.noarch failed with exit status 3")
        #expect(error.data?.output?.contains("something is missing") == true)
    }

    @Test func keysExpire() throws {
        let keys = try RepositoryKeys()
        let good = OpenPGPKeys(try keys.good.publicKey())
        let expired = OpenPGPKeys(try keys.expired.publicKey())
        #expect(good.keys.count == 1 && good.valid(at: 4_000_000_000).count == 1)
        #expect(expired.keys.count == 1 && expired.valid(at: 1_750_000_000).isEmpty && expired.lastExpiry != nil)
        let both = OpenPGPKeys(try keys.expired.publicKey() + keys.good.publicKey())
        #expect(both.valid(at: 1_750_000_000).flatMap(\.bytes) == (try keys.good.publicKey()))
        #expect(OpenPGPKeys(Array("no key".utf8)).keys.isEmpty)
        let armored = ArmoredKey.text(of: try keys.good.publicKey())
        #expect(ArmoredKey.bytes(of: armored) == (try keys.good.publicKey()))
    }
}
