import ByteKeys
import DistributionKit
import JSON
import PluginWire
import Testing

@testable import OpensusePlugin

/// Where the repositories of each release are; the paths are those of the mirror network, and of what mkosi(1) has used.
@Suite struct RepositoryTableTests {
    struct Row: CustomTestStringConvertible, Sendable {
        var release: String
        var architecture = "x86-64"
        var snapshot: String?
        /// `IDENTIFIER PATH`, enabled ones with `+` before them.
        var repositories: String

        var testDescription: String { "\(release) \(architecture) \(snapshot ?? "")" }
    }

    static let rows = [
        Row(
            release: "tumbleweed",
            repositories: """
                +oss /tumbleweed/repo/oss
                oss-debug /debug/tumbleweed/repo/oss
                oss-source /source/tumbleweed/repo/oss
                +oss-update /update/tumbleweed
                non-oss /tumbleweed/repo/non-oss
                non-oss-debug /debug/tumbleweed/repo/non-oss
                non-oss-source /source/tumbleweed/repo/non-oss
                non-oss-update /update/tumbleweed-non-oss
                """
        ),
        Row(
            release: "tumbleweed",
            snapshot: "20250101",
            repositories: """
                +oss /history/20250101/tumbleweed/repo/oss
                non-oss /history/20250101/tumbleweed/repo/non-oss
                """
        ),
        Row(
            release: "16.0",
            repositories: """
                +oss /distribution/leap/16.0/repo/oss
                oss-debug /debug/distribution/leap/16.0/repo/oss
                oss-source /source/distribution/leap/16.0/repo/oss
                non-oss /distribution/leap/16.0/repo/non-oss
                non-oss-debug /debug/distribution/leap/16.0/repo/non-oss
                non-oss-source /source/distribution/leap/16.0/repo/non-oss
                """
        ),
        Row(
            release: "15.6",
            architecture: "arm64",
            repositories: """
                +oss /distribution/leap/15.6/repo/oss
                oss-debug /debug/distribution/leap/15.6/repo/oss
                oss-source /source/distribution/leap/15.6/repo/oss
                +oss-update /update/leap/15.6/oss
                non-oss /distribution/leap/15.6/repo/non-oss
                non-oss-debug /debug/distribution/leap/15.6/repo/non-oss
                non-oss-source /source/distribution/leap/15.6/repo/non-oss
                non-oss-update /update/leap/15.6/non-oss
                +sle-update /update/leap/15.6/sle
                +backports-update /update/leap/15.6/backports
                """
        ),
        Row(
            release: "slowroll",
            repositories: """
                +oss /slowroll/repo/oss
                oss-debug /debug/slowroll/repo/oss
                oss-source /source/slowroll/repo/oss
                +oss-update /update/slowroll/repo/oss
                non-oss /slowroll/repo/non-oss
                non-oss-debug /debug/slowroll/repo/non-oss
                non-oss-source /source/slowroll/repo/non-oss
                non-oss-update /update/slowroll/repo/non-oss
                """
        ),
    ]

    private static func definitions(_ row: Row, mirror: String? = nil) throws -> [RepositoryDefinition] {
        try OpensuseRepositories(
            .sample(release: row.release, architecture: row.architecture, snapshot: row.snapshot, mirror: mirror)
        ).all()
    }

    @Test(arguments: rows) func aReleaseHasItsRepositories(_ row: Row) throws {
        let lines = try Self.definitions(row, mirror: "http://mirror.example/suse/").map { repository in
            let url = repository["baseurl"] ?? ""
            #expect(url.hasPrefix("http://mirror.example/suse/"))
            return (repository.isEnabled ? "+" : "") + repository.id + " "
                + url.dropFirst("http://mirror.example/suse".count)
        }
        #expect(lines.joined(separator: "\n") == row.repositories)
    }

    @Test(arguments: [
        ("x86", "i586"), ("arm", "armv7hl"), ("arm64", "aarch64"), ("ppc64-le", "ppc"), ("riscv64", "riscv"),
        ("s390x", "zsystems"),
    ])
    func tumbleweedOfOtherArchitecturesIsAPort(_ architecture: String, _ directory: String) throws {
        let row = Row(release: "tumbleweed", architecture: architecture, repositories: "")
        let first = try #require(Self.definitions(row).first)
        #expect(first["baseurl"] == "http://download.opensuse.org/ports/\(directory)/tumbleweed/repo/oss")
    }

    @Test func everyIndexIsSigned() throws {
        for repository in try Self.rows.flatMap({ try Self.definitions($0) }) {
            #expect(repository.isOn("repo_gpgcheck", default: false), "\(repository.id)")
            #expect(repository.isOn("gpgcheck", default: false), "\(repository.id)")
        }
    }

    @Test(arguments: [
        ("16.0", "x86-64", "20250101", "only openSUSE Tumbleweed for x86-64 has snapshots"),
        ("tumbleweed", "arm64", "20250101", "only openSUSE Tumbleweed for x86-64 has snapshots"),
        (
            "tumbleweed", "x86-64", "20250101T000000Z",
            "20250101T000000Z is not the name of a snapshot of openSUSE Tumbleweed"
        ),
        ("slowroll", "arm64", nil, "openSUSE slowroll is not built for the architecture arm64"),
    ])
    func whatDoesNotExistIsRefused(_ release: String, _ architecture: String, _ snapshot: String?, _ message: String) {
        let error = #expect(throws: ErrorObject.self) {
            try OpensuseRepositories(.sample(release: release, architecture: architecture, snapshot: snapshot)).all()
        }
        #expect(error?.message == message)
    }

    @Test func aLocalMirrorIsTheOnlyRepository() throws {
        var context = ABI.V1.Context.sample()
        context.settings = ["LocalMirror": "file:///mirror/"]
        let definitions = try OpensuseRepositories(context).all()
        #expect(definitions.map { $0["baseurl"] } == ["file:///mirror"])
    }

    @Test(arguments: [
        ([], ["oss", "oss-update"]),
        (["non-oss"], ["oss", "oss-update", "non-oss", "non-oss-update"]),
        (["debug"], ["oss", "oss-debug", "oss-update", "non-oss-debug"]),
        (["oss-source"], ["oss", "oss-source", "oss-update"]),
        (["n*oss*debug"], ["oss", "oss-update", "non-oss-debug"]),
        (["non-oss*"], ["oss", "oss-update", "non-oss", "non-oss-debug", "non-oss-source", "non-oss-update"]),
    ])
    func repositoriesAreChosenByWords(_ words: [String], _ expected: [String]) throws {
        let all = try OpensuseRepositories(.sample()).all()
        let chosen = RPMRepositories.chosen(all, words, matches: OpensuseRepositories.matches)
        #expect(chosen.map(\.id) == expected)
    }
}

extension ABI.V1.Context {
    static func sample(
        release: String = "tumbleweed",
        architecture: String = "x86-64",
        snapshot: String? = nil,
        mirror: String? = nil
    ) -> Self {
        var context = ABI.V1.Context(
            distribution: "opensuse",
            release: release,
            architecture: architecture,
            localArchitecture: "x86_64",
            cache: "/cache",
            workspace: "/workspace"
        )
        context.snapshot = snapshot
        context.mirror = mirror
        context.defaultMirror = "http://download.opensuse.org"
        return context
    }
}
