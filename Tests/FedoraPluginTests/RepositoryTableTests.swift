import ByteKeys
import DistributionKit
import JSON
import PluginWire
import Support
import System
import TestSupport
import Testing

@testable import FedoraPlugin

/// The repositories of every distribution, against a table that says where each row is from.
@Suite struct RepositoryTableTests {
    struct Row: Sendable, CustomStringConvertible {
        var fields: [String]
        var description: String { fields.joined(separator: " ") }
    }

    static let rows: [Row] = {
        let path = Paths.join(Stage.packageRoot, "Tests/Fixtures/fedora/repositories.tsv")
        return ((try? Files.readText(path)) ?? "").split(separator: "\n").filter { !$0.hasPrefix("#") }.map { line in
            Row(fields: line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init))
        }
    }()

    private static let manifest = Result {
        let path = Paths.join(Stage.packageRoot, "Plugins/fedora/plugin.json")
        return try JSONText.decode(Manifest.self, from: Files.read(path))
    }

    static func context(_ distribution: String, _ release: String, _ architecture: String, snapshot: String? = nil)
        throws
        -> ABI.V1.Context
    {
        let described = try manifest.get().provides.distributions?.first { $0.name == distribution }
        let description = try #require(described)
        var context = ABI.V1.Context(
            distribution: distribution,
            release: release,
            architecture: architecture,
            localArchitecture: try #require(description.architectures[architecture]),
            cache: "/cache",
            workspace: "/workspace"
        )
        context.snapshot = snapshot
        let mirrors = snapshot == nil ? description.mirrors : description.snapshotMirrors
        context.defaultMirror = mirrors?[architecture] ?? mirrors?["*"]
        return context
    }

    @Test func tableHasEveryDistribution() throws {
        let named = Set(Self.rows.map { $0.fields[0] })
        let provided = try Self.manifest.get().provides.distributions?.map(\.name) ?? []
        #expect(named == Set(provided))
        #expect(Self.rows.allSatisfy { $0.fields.count == 10 && !$0.fields[9].isEmpty })
    }

    @Test func repositoriesAreThoseOfTheTable() throws {
        for row in Self.rows {
            let fields = row.fields
            let snapshot = fields[4] == "-" ? nil : fields[4]
            var context = try Self.context(fields[0], fields[1], fields[2], snapshot: snapshot)
            if fields[3] == "M" { context.mirror = "https://mirror.example/m/" }
            let all = try DistributionRepositories(context).all()
            guard let repository = all.first(where: { $0.id == fields[5] }) else {
                Issue.record("there is no repository of \(row) among \(all.map(\.id))")
                continue
            }
            #expect(repository.isEnabled == (fields[6] == "1"), "\(row)")
            let definition = repository.definition(keys: [], checksKeys: true)
            #expect(definition[fields[7]] == fields[8], "\(row)")
            #expect(!repository.keys.isEmpty, "\(row)")
        }
    }

    @Test func everyReleaseAndArchitectureHasRepositories() throws {
        for description in try Self.manifest.get().provides.distributions ?? [] {
            for release in description.releases ?? [] {
                for architecture in description.architectures.keys {
                    var context = try Self.context(description.name, release.name, architecture)
                    if description.name == "rhel" { context.mirror = "https://mirror.example/m" }
                    let all = try DistributionRepositories(context).all()
                    let hasEnabled = all.contains { $0.isEnabled }
                    #expect(hasEnabled, "\(description.name) \(release.name)")
                    #expect(Set(all.map(\.id)).count == all.count, "\(description.name) \(release.name)")
                }
            }
        }
    }

    @Test func localMirrorStandsForAll() throws {
        var context = try Self.context("fedora", "43", "x86-64")
        context.settings = ["LocalMirror": .string("file:///srv/local/")]
        let all = try DistributionRepositories(context).all()
        #expect(all.map(\.place) == [.base("file:///srv/local")])
        #expect(all.first?.keys.map(\.name) == ["RPM-GPG-KEY-fedora-43-primary"])
    }

    @Test(arguments: ["rocky", "alma", "rhel", "azure", "mageia", "openmandriva"])
    func refusesSnapshots(_ distribution: String) throws {
        let context = try Self.context(distribution, distribution == "azure" ? "3.0" : "9", "x86-64", snapshot: "1")
        #expect(throws: ErrorObject.self) { try DistributionRepositories(context).all() }
    }

    @Test(arguments: [
        ("fedora", "43", "/usr/lib/sysimage/rpm"), ("fedora", "35", "/var/lib/rpm"),
        ("centos", "10", "/usr/lib/sysimage/rpm"), ("centos", "9", "/var/lib/rpm"), ("rocky", "9.4", "/var/lib/rpm"),
        ("mageia", "9", "/usr/lib/sysimage/rpm"),
    ])
    func knowsThePlaceOfTheDatabase(_ distribution: String, _ release: String, _ path: String) throws {
        let context = try Self.context(distribution, release, "x86-64")
        #expect(Family(context).database == path)
    }

    @Test func redHatNeedsAMirror() throws {
        var context = try Self.context("rhel", "10", "x86-64")
        let error = #expect(throws: ErrorObject.self) { try DistributionRepositories(context).all() }
        #expect(error?.message.hasPrefix("rhel needs Mirror= or LocalMirror=") == true)
        context.settings = ["LocalMirror": .string("https://mirror.example/local")]
        #expect(try DistributionRepositories(context).all().map(\.place) == [.base("https://mirror.example/local")])
        #expect(try !DistributionRepositories(Self.context("rhel-ubi", "10", "x86-64")).all().isEmpty)
    }

    @Test("Of a host with a subscription, its certificate opens the repositories of Red Hat, and no others")
    func subscriptions() throws {
        let tree = try TemporaryDirectory()
        for name in ["12", "12-key"] { try tree.write("x", to: "etc/pki/entitlement/\(name).pem") }
        try tree.write("x", to: "etc/rhsm/ca/redhat-uep.pem")
        var context = try Self.context("rhel", "10", "x86-64")
        context.sandboxTree = tree.path
        let all = try DistributionRepositories(context).all()
        let first = try #require(all.first).definition(keys: [], checksKeys: true)
        #expect(first["baseurl"] == "https://cdn.redhat.com/content/dist/rhel10/10/$basearch/baseos/os")
        #expect(first["sslclientcert"] == "/etc/pki/entitlement/12.pem")
        #expect(first["sslclientkey"] == "/etc/pki/entitlement/12-key.pem")
        #expect(first["sslcacert"] == "/etc/rhsm/ca/redhat-uep.pem")
        #expect(all.allSatisfy { $0.id.hasPrefix("rhel-") != $0.options.isEmpty })
        context.mirror = "https://mirror.example/rhel"
        #expect(try DistributionRepositories(context).all().allSatisfy(\.options.isEmpty))
    }

    @Test func everyDistributionNamesTheProgramsThatRun() throws {
        for description in try Self.manifest.get().provides.distributions ?? [] {
            #expect(description.tools?.map(\.name) == ["dnf5", "rpm", "gpgv"], "\(description.name)")
        }
    }
}
