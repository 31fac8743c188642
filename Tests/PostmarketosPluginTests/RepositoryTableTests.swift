import JSON
import PluginWire
import Support
import System
import TestSupport
import Testing

@testable import PostmarketosPlugin

/// The repositories of every release, against a table that says where each row is from.
@Suite struct RepositoryTableTests {
    private static let rows: [[String]] = {
        let path = Paths.join(Stage.packageRoot, "Tests/Fixtures/postmarketos/repositories.tsv")
        return ((try? Files.readText(path)) ?? "").split(separator: "\n").filter { !$0.hasPrefix("#") }.map { line in
            line.split(separator: "\t").map(String.init)
        }
    }()

    private static func manifest(_ name: String) throws -> JSON {
        let path = Paths.join(Stage.packageRoot, "Plugins/\(name)/plugin.json")
        let distributions = try JSON.parse(Files.read(path))["provides"]?["distributions"]?.array
        return try #require(distributions?.first)
    }

    private static func urls(_ name: String, _ release: String, _ change: (inout ABI.V1.Context) -> Void = { _ in })
        throws -> [String]
    {
        let manifest = try manifest(name)
        var context = ABI.V1.Context(
            distribution: name,
            release: release,
            architecture: "x86-64",
            localArchitecture: "x86_64",
            cache: "/cache",
            workspace: "/workspace"
        )
        context.defaultMirror = manifest["mirrors"]?["*"]?.string
        change(&context)
        return try Repositories.urls(context, manifest["repositories"], manifest["furtherRepositories"])
    }

    @Test func repositoriesAreThoseOfTheTable() throws {
        for row in Self.rows {
            #expect(row.count == 4 && !row[3].isEmpty)
            #expect(try Self.urls(row[0], row[1]) == row[2].split(separator: " ").map(String.init), "\(row)")
        }
    }

    @Test(arguments: ["postmarketos", "alpine"]) func tableHasEveryRelease(_ name: String) throws {
        let releases = try Self.manifest(name)["releases"]?.array?.compactMap { $0["name"]?.string }
        let rows = Self.rows.filter { $0[0] == name }
        #expect(Set(rows.map { $0[1] }) == Set(releases ?? []))
    }

    @Test func mirrorsAndFurtherRepositories() throws {
        let own = try Self.urls("alpine", "3.23") { context in
            context.mirror = "https://mirror.example/alpine/"
            context.repositories = ["testing", "https://own.example/packages/"]
        }
        let paths = ["alpine/v3.23/main", "alpine/v3.23/community", "alpine/edge/testing"]
        #expect(own == paths.map { "https://mirror.example/\($0)" } + ["https://own.example/packages"])
        let error = #expect(throws: ErrorObject.self) {
            try Self.urls("alpine", "edge") { $0.repositories = ["nowhere"] }
        }
        #expect(error?.message == "alpine has no repository nowhere")
        #expect(throws: ErrorObject.self) { try Self.urls("postmarketos", "1999.1") }
    }
}
