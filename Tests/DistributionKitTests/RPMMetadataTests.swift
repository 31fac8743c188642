import Crypto
import PackageSamples
import Support
import System
import TestSupport
import Testing

@testable import DistributionKit

/// The files of repositories, and the names of packages in them.
@Suite struct RPMMetadataTests {
    @Test(arguments: [
        ("bash-5.2-1.x86_64", "bash", 0, "5.2", "1", "x86_64"),
        ("libhello-devel-2:1.0~rc1-3.fc43.noarch", "libhello-devel", 2, "1.0~rc1", "3.fc43", "noarch"),
    ])
    func readsIdentities(
        _ text: String,
        _ name: String,
        _ epoch: Int,
        _ version: String,
        _ release: String,
        _ arch: String
    )
        throws
    {
        let identity = try #require(RPMIdentity(text))
        let expected = RPMIdentity(name: name, epoch: epoch, version: version, release: release, architecture: arch)
        #expect(identity == expected)
        #expect(identity.text == text)
    }

    @Test(arguments: ["", "bash", "bash-5.x86_64", "-1-1.noarch", "a-x:1-1.noarch", "a-1-1."])
    func refusesOtherText(_ text: String) { #expect(RPMIdentity(text) == nil) }

    @Test func readsSources() {
        #expect(RPMSource("acme-lib-1.2-3.fc43.src.rpm")?.name == "acme-lib")
        #expect(RPMSource("acme-lib-1.2-3.fc43.src.rpm")?.version == "1.2-3.fc43")
        #expect(RPMSource("(none)") == nil)
    }

    private static let metalink = """
        <?xml version="1.0" encoding="utf-8"?>
        <metalink version="3.0" xmlns="http://www.metalinker.org/" xmlns:mm0="http://fedorahosted.org/mirrormanager">
         <files><file name="repomd.xml"><mm0:timestamp>1</mm0:timestamp><size>5</size>
          <verification><hash type="md5">00</hash><hash type="sha256">AAbb</hash></verification>
          <mm0:alternates><mm0:alternate><verification><hash type="sha256">cc</hash></verification></mm0:alternate>
          </mm0:alternates>
          <resources maxconnections="1">
           <url protocol="rsync" type="rsync" preference="100">rsync://a.example/os/repodata/repomd.xml</url>
           <url protocol="https" type="https" preference="90">https://b.example/os/repodata/repomd.xml</url>
           <url protocol="http" type="http" preference="99">http://c.example/os/repodata/repomd.xml</url>
           <url protocol="https" type="https" preference="90">https://d.example/os/repodata/repomd.xml</url>
           <url protocol="https" type="https" preference="80">https://e.example/other</url>
          </resources></file></files></metalink>
        """

    @Test func readsMetalinks() {
        let list = MirrorList(Array(Self.metalink.utf8))
        #expect(list.bases == ["http://c.example/os", "https://b.example/os", "https://d.example/os"])
        #expect(list.manifests == ["aabb", "cc"])
    }

    @Test func readsListsOfMirrors() {
        let text = "# a list\nhttps://a.example/os/\r\nftp://b.example/os\nhttps://a.example/os\nhttp://c.example/os\n"
        let list = MirrorList(Array(text.utf8))
        #expect(list.bases == ["https://a.example/os", "http://c.example/os"])
        #expect(list.manifests.isEmpty)
    }

    @Test func readsAndWritesDefinitions() throws {
        let text = """
            [main]
            keepcache=1
            [one]
            name = The $releasever
            baseurl=https://a.example/$basearch
              https://b.example/${basearch}x
            # a comment
            enabled=False
            Priority=10
            [two]
            metalink=https://c.example/?a=b
            """
        let all = RepositoryDefinition.parse(text)
        #expect(all.map(\.id) == ["one", "two"])
        #expect(all[0].words("baseurl") == ["https://a.example/$basearch", "https://b.example/${basearch}x"])
        #expect(!all[0].isEnabled && all[1].isEnabled && all[0]["priority"] == "10")
        #expect(all[1]["metalink"] == "https://c.example/?a=b")
        #expect(RepositoryDefinition.parse(all.map(\.text).joined(separator: "\n")) == all)
        let variables = ["basearch": "x86_64", "releasever": "43"]
        #expect(RepositoryDefinition.replaced(all[0].words("baseurl")[1], variables) == "https://b.example/x86_64x")
        #expect(RepositoryDefinition.replaced("$other-$releasever$", variables) == "$other-43$")
    }

    private static func manifest(location: String = "repodata/p.xml.gz", type: String = "sha256") -> [UInt8] {
        Array(
            """
            <repomd xmlns="http://linux.duke.edu/metadata/repo"><revision>7</revision>
            <data type="primary"><checksum type="\(type)">AB</checksum><location href="\(location)"/><size>9</size></data>
            <data type="group"><checksum type="sha512">CD</checksum><location href="repodata/g.xml"/></data>
            </repomd>
            """.utf8
        )
    }

    @Test func readsManifests() throws {
        let manifest = try RepositoryManifest(Self.manifest(), url: "u")
        #expect(manifest["primary"]?.digest == "ab" && manifest["primary"]?.size == 9)
        #expect(manifest["group"]?.function == .sha512)
        let part = try RepositoryManifest(manifest.text(of: ["primary"]), url: "u")
        #expect(part.indexes.map(\.kind) == ["primary"] && part.revision == "7")
    }

    @Test(arguments: [
        "../../etc/passwd", "/etc/passwd", "a//b", "", "a/./b", "http://b.example/p.xml", "a/%2e./p.xml", "p&#0;.xml",
        "..\u{2f}\u{301}x",
    ])
    func refusesPlacesOutsideOfTheRepository(_ location: String) {
        #expect(throws: (any Error).self) { try RepositoryManifest(Self.manifest(location: location), url: "u") }
    }

    @Test(arguments: ["sha", "md5", "sha1"])
    func refusesWeakDigests(_ type: String) {
        #expect(throws: (any Error).self) { try RepositoryManifest(Self.manifest(type: type), url: "u") }
    }

    @Test func entitiesCannotGrow() {
        let text = Array("&amp;&lt;&#65;&#x42;&other;&".utf8)
        #expect(MetadataXML.decoded(text[...]) == "&<AB&other;&")
        #expect(MetadataXML.encoded("a<b>&\"\u{1}") == "a&lt;b&gt;&amp;&quot;")
    }

    @Test func indexesOfFilesAreWhatTheirHeadersState() throws {
        let directory = try TemporaryDirectory()
        let shell = SamplePackage.shell([], architecture: "x86_64")
        let repository = try RPMRepository(SamplePackage.set(shell: shell), key: nil)
        for file in repository.packages { try Files.write(file.bytes, to: directory(file.name)) }
        try RepositoryWriter(directory: directory.path).write()
        let manifest = try RepositoryManifest(Files.read(directory("repodata/repomd.xml")), url: "u")
        #expect(manifest.indexes.map(\.kind) == ["primary"])
        let packages = try PrimaryIndex(path: directory("repodata/primary.xml")).packages { _ in true }
        #expect(packages.count == repository.packages.count)
        let tool = try #require(packages.first { $0.identity.name == "tool" })
        #expect(tool.identity.fullVersion == "2.0-3" && tool.license == "MIT AND GPL-2.0-or-later")
        #expect(tool.size == Files.size(of: directory(tool.location)) ?? 0)
        let library = try #require(packages.first { $0.identity.name == "library" })
        #expect(library.identity.fullVersion == "1:2.0-1" && library.source?.name == "library-source")
        let text = try Files.readText(directory("repodata/primary.xml"))
        #expect(text.contains("<rpm:entry name=\"library\" flags=\"GE\" epoch=\"1\" ver=\"1.5\"/>"))
        #expect(text.contains("<file>/usr/share/ümlaut</file>"))
    }

    @Test func damagedPackagesAreRefused() throws {
        let directory = try TemporaryDirectory()
        let bytes = try RPMRepository([.extra], key: nil).packages[0].bytes
        for count in [0, 50, 96, 110, 200, 400] {
            try Files.write(Array(bytes.prefix(count)), to: directory("short.rpm"))
            #expect(throws: (any Error).self) { try RPMPackageFile(path: directory("short.rpm")) }
        }
        // Every byte of the headers is changed once: a number, an offset, a size.
        for index in stride(from: 96, to: min(bytes.count, 1500), by: 7) {
            var other = bytes
            other[index] ^= 0xFF
            try Files.write(other, to: directory("changed.rpm"))
            let package = try? RPMPackageFile(path: directory("changed.rpm"))
            _ = package?.files
            for kind in RPMDependency.Kind.all { if let package { _ = RPMDependency.all(kind, of: package.header) } }
        }
    }
}
