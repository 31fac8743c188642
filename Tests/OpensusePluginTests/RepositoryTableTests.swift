import ByteKeys
import DistributionKit
import JSON
import PluginWire
import Support
import System
import TestSupport
import Testing

@testable import OpensusePlugin

/// The repositories of each release and architecture, against a table that says where each row is from.
@Suite struct RepositoryTableTests {
    /// The part of the table for one build.
    struct Build: CustomTestStringConvertible, Hashable, Sendable {
        var release: String
        var architecture: String
        var snapshot: String?

        var testDescription: String { "\(release) \(architecture) \(snapshot ?? "")" }
    }

    private static let rows: [[String]] = {
        let path = Paths.join(Stage.packageRoot, "Tests/Fixtures/opensuse/repositories.tsv")
        return ((try? Files.readText(path)) ?? "").split(separator: "\n").filter { !$0.hasPrefix("#") }.map { line in
            line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        }
    }()

    private static func build(_ row: [String]) -> Build {
        Build(release: row[0], architecture: row[1], snapshot: row[2] == "-" ? nil : row[2])
    }

    static let builds = Set(rows.map(build)).sorted { $0.testDescription < $1.testDescription }

    private static func definitions(_ build: Build, mirror: String? = nil) throws -> [RepositoryDefinition] {
        try OpensuseRepositories(
            .sample(
                release: build.release,
                architecture: build.architecture,
                snapshot: build.snapshot,
                mirror: mirror
            )
        ).all()
    }

    @Test(arguments: builds) func aReleaseHasTheRepositoriesOfTheTable(_ build: Build) throws {
        let expected = Self.rows.filter { Self.build($0) == build }.map { "\($0[3]) \($0[4]) \($0[5])" }
        for mirror in [nil, "http://mirror.example/suse/"] {
            let base = mirror.map { String($0.dropLast()) } ?? "http://download.opensuse.org"
            let found = try Self.definitions(build, mirror: mirror).map { repository in
                let url = repository["baseurl"] ?? ""
                #expect(url.hasPrefix(base))
                return "\(repository.id) \(repository.isEnabled ? 1 : 0) \(url.dropFirst(base.count))"
            }
            #expect(found.sorted() == expected.sorted())
        }
    }

    @Test func tableHasEveryReleaseAndArchitectureAndASourceOfEachRow() throws {
        let path = Paths.join(Stage.packageRoot, "Plugins/opensuse/plugin.json")
        let manifest = try JSONText.decode(Manifest.self, from: Files.read(path))
        let description = try #require(manifest.provides.distributions?.first)
        #expect(Self.rows.allSatisfy { $0.count == 7 && !$0[6].isEmpty })
        for release in description.releases ?? [] {
            for architecture in description.architectures.keys where Self.exists(release.name, architecture) {
                let build = Build(release: release.name, architecture: architecture)
                #expect(Self.builds.contains(build), "\(build.testDescription)")
            }
        }
    }

    /// Slowroll is for one architecture, and Leap not for those of ports of Tumbleweed alone.
    private static func exists(_ release: String, _ architecture: String) -> Bool {
        switch release {
        case "tumbleweed": true
        case "slowroll": architecture == "x86-64"
        default: !["riscv64", "x86"].contains(architecture)
        }
    }

    @Test func everyIndexIsSigned() throws {
        for repository in try Self.builds.flatMap({ try Self.definitions($0) }) {
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
