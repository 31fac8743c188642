import JSON
import PluginWire
import Support
import System
import TestSupport
import Testing

@testable import DebianPlugin

/// The sources and keyring of every release and architecture, against a table that says where each row is from.
@Suite struct RepositoryTableTests {
    private static let rows: [[String]] = {
        let path = Paths.join(Stage.packageRoot, "Tests/Fixtures/debian/repositories.tsv")
        return ((try? Files.readText(path)) ?? "").split(separator: "\n").filter { !$0.hasPrefix("#") }.map { line in
            line.split(separator: "\t").map(String.init)
        }
    }()

    @Test func sourcesAreThoseOfTheTable() throws {
        for row in Self.rows {
            for architecture in row[2].split(separator: ",").map(String.init) {
                var context = ABI.V1.Context(
                    distribution: row[0],
                    release: row[1],
                    architecture: "x86-64",
                    localArchitecture: architecture,
                    cache: "/cache",
                    workspace: "/workspace"
                )
                context.defaultMirror = ShippedMirrors.mirror(row[0], architecture)
                let facts = try DistributionFacts.of(context)
                let choice = RepositoryChoice(context, facts, host: nil, signedBy: ["/key.gpg"]) { _ in false }
                let sources = try choice.sources().map { "\($0.uris[0]) \($0.suites.joined(separator: " "))" }
                #expect(sources == row[3].split(separator: ";").map(String.init), "\(row) \(architecture)")
                #expect(facts.keyrings.first == row[4], "\(row) \(architecture)")
            }
        }
    }

    /// A release of Debian's own is built for the architectures that it supports; the others have sid alone.
    @Test func tableHasEveryReleaseAndArchitecture() throws {
        let path = Paths.join(Stage.packageRoot, "Plugins/debian/plugin.json")
        let manifest = try JSONText.decode(Manifest.self, from: Files.read(path))
        for distribution in manifest.provides.distributions ?? [] {
            let rows = Self.rows.filter { $0[0] == distribution.name }
            #expect(rows.allSatisfy { $0.count == 6 && !$0[5].isEmpty })
            for release in distribution.releases ?? [] {
                #expect(rows.contains { $0[1] == release.name }, "\(distribution.name) \(release.name)")
            }
            let known = Set(rows.flatMap { $0[2].split(separator: ",").map(String.init) })
            #expect(known == Set(distribution.architectures.values), "\(distribution.name)")
        }
    }
}
