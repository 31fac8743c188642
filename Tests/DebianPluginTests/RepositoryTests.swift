import ArchiveKit
import ByteKeys
import JSON
import PluginWire
import System
import Testing

@testable import DebianPlugin

private func context(_ distribution: String, _ release: String, architecture: String = "amd64") -> ABI.V1.Context {
    var context = ABI.V1.Context(
        distribution: distribution,
        release: release,
        architecture: "x86-64",
        localArchitecture: architecture,
        cache: "/c",
        workspace: "/w"
    )
    context.defaultMirror = ShippedMirrors.mirror(distribution, architecture)
    return context
}

private func sources(
    _ context: ABI.V1.Context,
    host: HostMirror? = nil,
    directories: Set<String> = []
) throws -> [String] {
    let facts = try DistributionFacts.of(context)
    let choice = RepositoryChoice(context, facts, host: host, signedBy: ["/k.gpg"]) { directories.contains($0) }
    return try choice.sources().map { "\($0.uris[0]) \($0.suites.joined(separator: " "))" }
}

@Suite struct RepositoryTests {
    @Test(arguments: [
        (
            "debian", "trixie", "amd64",
            [
                "http://deb.debian.org/debian trixie trixie-updates",
                "http://security.debian.org/debian-security trixie-security",
            ]
        ),
        ("debian", "sid", "amd64", ["http://deb.debian.org/debian sid"]),
        ("debian", "sid", "hppa", ["http://deb.debian.org/debian-ports sid"]),
        (
            "debian", "testing", "arm64",
            [
                "http://deb.debian.org/debian testing testing-updates",
                "http://security.debian.org/debian-security testing-security",
            ]
        ),
        (
            "ubuntu", "noble", "amd64",
            [
                "http://archive.ubuntu.com/ubuntu noble noble-updates",
                "http://security.ubuntu.com/ubuntu noble-security",
            ]
        ),
        (
            "ubuntu", "jammy", "arm64",
            [
                "http://ports.ubuntu.com/ubuntu-ports jammy jammy-updates",
                "http://ports.ubuntu.com/ubuntu-ports jammy-security",
            ]
        ),
        ("kali", "kali-rolling", "amd64", ["http://http.kali.org/kali kali-rolling"]),
    ])
    func canonicalMirrors(distribution: String, release: String, architecture: String, expected: [String]) throws {
        #expect(try sources(context(distribution, release, architecture: architecture)) == expected)
    }

    @Test func mirrorsAreForTheArchive() throws {
        var wanted = context("debian", "trixie")
        wanted.mirror = "http://mirror.example/"
        let security = "http://security.debian.org/debian-security trixie-security"
        let expected = ["http://mirror.example/debian trixie trixie-updates", security]
        #expect(try sources(wanted) == expected)
        wanted.mirror = "http://mirror.example/debian/"
        #expect(try sources(wanted) == expected)
    }

    @Test func mirrorsOnDiskStayOffline() throws {
        var wanted = context("debian", "trixie")
        wanted.mirror = "file:///srv/mirror/debian"
        #expect(try sources(wanted) == ["file:///srv/mirror/debian trixie trixie-updates"])
        let directories: Set = ["/srv/mirror/debian-security"]
        #expect(
            try sources(wanted, directories: directories).last == "file:///srv/mirror/debian-security trixie-security"
        )
    }

    @Test func localMirrorsAreTheOnlyRepository() throws {
        var wanted = context("ubuntu", "noble")
        wanted.settings = ["LocalMirror": "file:///srv/plain/"]
        wanted.mirror = "http://elsewhere.example"
        #expect(try sources(wanted) == ["file:///srv/plain noble"])
    }

    @Test func snapshotsHaveTheirOwnService() throws {
        var wanted = context("debian", "trixie")
        wanted.snapshot = "20260101T000000Z"
        let base = "https://snapshot.debian.org/archive"
        #expect(
            try sources(wanted) == [
                "\(base)/debian/20260101T000000Z trixie trixie-updates",
                "\(base)/debian-security/20260101T000000Z trixie-security",
            ]
        )
        for wrong in ["20260101", "20260101T000000", "20260101T000000Z/..", "20260101 000000Z"] {
            wanted.snapshot = wrong
            let error = #expect(throws: ErrorObject.self) { try sources(wanted) }
            #expect(error?.code == ErrorObject.Code.invalidParameters.rawValue)
            #expect(error?.message.contains(wrong) == true && error?.data?.hint?.contains("YYYYMMDD") == true)
        }
        var kali = context("kali", "kali-rolling")
        kali.snapshot = "1"
        #expect(throws: ErrorObject.self) { try sources(kali) }
    }

    @Test func keysAndComponentsStandInTheText() throws {
        var wanted = context("debian", "sid")
        wanted.repositories = ["contrib", "non-free-firmware", "main"]
        let facts = try DistributionFacts.of(wanted)
        func text() throws -> String? {
            try RepositoryChoice(wanted, facts, host: nil, signedBy: ["/k.gpg"]).sources().first?.text
        }
        let signed = """
            Types: deb
            URIs: http://deb.debian.org/debian
            Suites: sid
            Components: main contrib non-free-firmware
            Signed-By: /k.gpg
            Check-Valid-Until: no

            """
        #expect(try text() == signed)
        wanted.repositoryKeyCheck = false
        wanted.snapshot = "20260101T000000Z"
        let unchecked = try #require(try text())
        #expect(unchecked.hasSuffix("Trusted: yes\nCheck-Valid-Until: no\n"))
        #expect(!unchecked.contains("Signed-By"))
    }

    @Test func hostsMirrorIsTakenOver() throws {
        let text = """
            # Types: nothing
            Types: deb deb-src
            URIs: https://near.example/debian/
            Suites: bookworm bookworm-updates
            Components: main

            Types: deb
            URIs: http://sec.example/debian-security
            Suites: bookworm-security
            Components: main

            """
        let lines = """
            deb [arch=amd64 signed-by=/k.gpg] https://tool.example/apt bookworm main # a tool
            deb-src http://src.example/debian bookworm main
            """
        let parsed =
            AptSource.parse(lines, fileName: "x.list") + AptSource.parse(text, fileName: "debian.sources")
        #expect(parsed.first?.signedBy == ["/k.gpg"])
        let facts = try DistributionFacts.of(context("debian", "trixie"))
        let host = try #require(HostMirror(parsed, facts: facts))
        #expect(
            try sources(context("debian", "trixie"), host: host) == [
                "https://near.example/debian trixie trixie-updates",
                "http://sec.example/debian-security trixie-security",
            ]
        )
        #expect(HostMirror(Array(parsed.prefix(1)), facts: facts) == nil)
    }

    @Test func keyringsAreLookedForInOrder() throws {
        let facts = try DistributionFacts.of(context("kali", "kali-rolling"))
        let host = "/usr/share/keyrings/kali-archive-keyring.gpg"
        let tree = "/t/usr/share/keyrings/kali-archive-keyring.gpg"
        let fromTree = try Keyring.find(facts, sandboxTree: "/t", exists: { $0 == tree || $0 == host })
        #expect(fromTree.signedBy == ["/etc/apt/keyrings/kali-archive-keyring.gpg"])
        #expect(fromTree.files.map(\.source) == [tree])
        let fromHost = try Keyring.find(facts, sandboxTree: "/t", exists: { $0 == host })
        #expect(fromHost.signedBy == [host] && fromHost.files.isEmpty)
        let error = #expect(throws: ErrorObject.self) {
            try Keyring.find(facts, sandboxTree: nil, exists: { _ in false }, names: { _ in [] })
        }
        #expect(error?.code == ErrorObject.Code.notFound.rawValue)
        #expect(error?.data?.hint?.contains("kali-archive-keyring") == true)
    }

    @Test("a distribution that another manifest describes has that manifest's mirror, releases and keys, and no others")
    func aDerivedDistribution() throws {
        var derived = context("umbra", "dawn")
        #expect(throws: ErrorObject.self) { try DistributionFacts.of(derived) }
        derived.defaultMirror = "https://umbra.example/debian/"
        derived.keyrings = ["/usr/share/umbra/keys.gpg", "/etc/umbra.gpg"]
        #expect(try sources(derived) == ["https://umbra.example/debian dawn"])
        derived.mirror = "https://near.example/umbra"
        #expect(try sources(derived) == ["https://near.example/umbra dawn"])
        let facts = try DistributionFacts.of(derived)
        let found = try Keyring.find(facts, sandboxTree: nil, exists: { _ in true })
        #expect(found.signedBy == ["/usr/share/umbra/keys.gpg"] && found.files.isEmpty)
        let copied = try Keyring.find(facts, sandboxTree: nil, exists: { $0.hasPrefix("/etc/") })
        #expect(copied.signedBy == ["/etc/apt/keyrings/umbra.gpg"] && copied.files.map(\.source) == ["/etc/umbra.gpg"])
        derived.keyrings = []
        let error = try #require(throws: ErrorObject.self) {
            try Keyring.find(DistributionFacts.of(derived), sandboxTree: nil)
        }
        #expect(error.message.contains("the keys of umbra are not on this host"))
    }

    @Test(
        "the mirror and the keys of a manifest that describes a distribution of the same name are used, wherever they are",
        arguments: ["/usr/share/keyrings/company.gpg", "/opt/company/debian-archive-keyring.gpg"]
    )
    func keysOfTheSameName(_ path: String) throws {
        var remix = context("debian", "trixie")
        remix.keyrings = [path]
        remix.defaultMirror = "https://company.example/debian"
        #expect(try DistributionFacts.of(remix).keyringFiles == [path])
        #expect(try sources(remix).first == "https://company.example/debian trixie trixie-updates")
        for architecture in ["amd64", "alpha"] {
            var own = context("debian", "sid", architecture: architecture)
            own.keyrings = ["/usr/share/keyrings/debian-archive-keyring.gpg"]
            #expect(try DistributionFacts.of(own).keyringFiles == nil)
        }
    }

    @Test func documentationIsLeftOutWhenAsked() {
        var wanted = context("debian", "sid")
        #expect(!DebianPlugin.packageManagerFiles(wanted).contains { $0.path.hasPrefix("/etc/dpkg/") })
        wanted.documentation = false
        var filter = PathFilter()
        for file in DebianPlugin.packageManagerFiles(wanted) where file.path.hasPrefix("/etc/dpkg/") {
            filter.add(configuration: file.text ?? "")
        }
        #expect(filter.excludes("usr/share/man/man1/a.1.gz", isDirectoryOrLink: false))
        #expect(!filter.excludes("usr/share/doc/a/copyright", isDirectoryOrLink: false))
    }

    @Test func snapshotNamesAreFound() {
        let json = #"{"result": ["20250101T000000Z", "20261120T203845Z", "20261120T1438Z"]}"#
        #expect(DebianPlugin.newestTimestamp(Array(json.utf8)) == "20261120T203845Z")
        #expect(DebianPlugin.newestTimestamp(Array("none".utf8)) == nil)
        #expect(DebianPlugin.timestamp(1_700_000_000) == "20231114T221320Z")
    }

    @Test func installedSizesAreRead() {
        let index = """
            Package: x
            Architecture: all
            Version: 1:2
            Installed-Size: 3
            Description: x
             Installed-Size: 7

            Package: y
            Version: 1
            Architecture: amd64


            Package: z
            Version: 1
            Installed-Size: many
            Architecture: amd64

            Package: unasked
            Version: 1
            Installed-Size: 9
            Architecture: amd64

            Package: w
            Version: 1
            Architecture: amd64
            Installed-Size: -4

            Package: last
            Version: 3
            Architecture: amd64
            Installed-Size: 5
            """
        func package(_ name: String, _ version: String, _ architecture: String) -> ABI.V1.Package {
            ABI.V1.Package(
                name: name,
                version: version,
                architecture: architecture,
                urls: [],
                size: 1,
                sha256: "",
                fileName: "\(name).deb"
            )
        }
        let names: Set = ["x", "y", "z", "w", "last", "missing"]
        for text in [index, "\(index)\n", "\n\n\(index)\n\n"] {
            let sizes = InstalledSizes(index: Array(text.utf8), names: names)
            #expect(sizes[package("x", "1:2", "all")] == 3 << 10)
            #expect(sizes[package("last", "3", "amd64")] == 5 << 10)
            #expect(sizes[package("last", "4", "amd64")] == nil)
            for name in ["y", "z", "w", "unasked", "missing"] { #expect(sizes[package(name, "1", "amd64")] == nil) }
        }
    }

    @Test func resolvedLinesAreRead() throws {
        let digest = String(repeating: "ab", count: 32)
        let line = "'http://m/pool/x/x_1%3a2%2b3_amd64.deb' x_1%3a2+3_amd64.deb 1234 SHA256:\(digest)"
        let package = try #require(ResolvedLine(line)?.package(requested: ["x=1:2+3"]))
        #expect(package.name == "x" && package.version == "1:2+3" && package.architecture == "amd64")
        #expect(package.size == 1234 && package.sha256 == digest && package.requested == true)
        #expect(ResolvedLine("'http://m/x.deb' x_1_all.deb 12 MD5Sum:\(digest)") == nil)
        #expect(AptLists.fileName("http://m.example/a_b/dists/x/InRelease") == "m.example_a%5fb_dists_x_InRelease")
    }

    @Test("packages that a regular expression or ?exact-name asks for are asked for")
    func patterns() {
        for word in ["^libtss2-rc0(t64)?$", "?exact-name(libtss2-rc0t64)", "libtss2-rc0t64=1"] {
            #expect(ResolvedLine.asks(word, for: "libtss2-rc0t64"))
            #expect(!ResolvedLine.asks(word, for: "libtss2-rc0t64-dev"))
        }
    }
}
