import PluginWire
import Testing

@testable import ArchPlugin

/// What an unsigned database, which any mirror can write, may state of a package.
@Suite struct DatabaseRecordTests {
    private static let digest = String(repeating: "0123456789abcdef", count: 4)

    private func package(file: String = "tool-1-1-any.pkg.tar.zst", digest: String = digest) throws -> ABI.V1.Package? {
        var record = PackageRecord()
        record.fields = [
            ("NAME", "tool"), ("VERSION", "1-1"), ("FILENAME", file), ("CSIZE", "10"), ("SHA256SUM", digest),
        ]
        .map { PackageRecord.Field(name: $0.0, values: [$0.1]) }
        return try Databases.package(record, servers: ["https://mirror.example/core"], repository: "core")
    }

    @Test func aPackageIsDescribed() throws {
        let package = try #require(try package(digest: Self.digest.uppercased()))
        #expect(package.sha256 == Self.digest && package.fileName == "tool-1-1-any.pkg.tar.zst")
        #expect(package.urls == ["https://mirror.example/core/tool-1-1-any.pkg.tar.zst"])
    }

    private static let start = String(digest.dropLast(3))
    private static let foreignDigests: [String] = [
        "", "../../../../etc/cron.d/evil", "/etc/passwd\0", "\(start)de", "\(start)def0", "\(start)deg", "\(start)de\0",
        "\(start)d\u{e9}", "\(start)/..",
    ]

    @Test(arguments: foreignDigests)
    func aDigestIsNothingElse(_ text: String) {
        #expect {
            try package(digest: text)
        } throws: { error in
            (error as? ErrorObject)?.message
                == "the SHA-256 digest of the package tool in the database core is not valid"
        }
    }

    @Test(arguments: [
        "", ".", "..", "../tool", "a/b", "a/\u{301}b", ".hidden", "-option", "nul\0byte", "line\u{1}", "line\u{7f}",
    ])
    func aFileNameIsOneComponent(_ name: String) {
        #expect {
            try package(file: name)
        } throws: { error in
            (error as? ErrorObject)?.message == "the file name of the package tool in the database core is not valid"
        }
    }

    @Test(arguments: ["../tool", "-tool", ".tool", "to\0ol", "to/ol", "to/\u{301}ol"])
    func namesThatLeadElsewhereAreLeftOut(_ name: String) {
        #expect(!PackageRecord(parsing: "%NAME%\n\(name)\n\n%VERSION%\n1-1\n").isNamed)
    }
}
