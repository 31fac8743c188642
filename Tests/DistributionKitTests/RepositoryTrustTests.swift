import PluginWire
import TestSupport
import Testing

@testable import DistributionKit

/// What repositories may refer to, and what is taken from them without a signature.
@Suite struct RepositoryTrustTests {
    @Test(arguments: [
        ("epel", "epel", true), ("epel", "epel-testing", false), ("*-testing", "epel-testing", true),
        ("hyperscale-*-main", "hyperscale-packages-main", true), ("*", "anything", true), ("a*a", "a", false),
        ("n*oss*debug", "non-oss-debug", true), ("a**b", "ab", true), ("a*b*c", "acb", false),
    ])
    func patternsOfRepositories(_ pattern: String, _ id: String, _ matches: Bool) {
        #expect(RepositoryDefinition(id: id).matches(pattern) == matches)
    }

    @Test(arguments: [
        ("https://keys.example/key", true), ("file:///etc/key", true), ("/etc/key", true),
        ("http://keys.example/key", false), ("ftp://keys.example/key", false), ("HTTP://keys.example/key", false),
    ])
    func keysComeFromAuthenticatedPlaces(_ url: String, _ isAllowed: Bool) {
        #expect(KeyAddress.isAuthenticated(url) == isAllowed)
        if !isAllowed { #expect(throws: ErrorObject.self) { try KeyAddress.check(url, of: "repository") } }
    }

    @Test(arguments: [
        (["file:///local/a.rpm"], true), (["file:///local/x86_64/a.rpm", "file:///local/a.rpm"], true), ([], false),
        (["file:///local/a.rpm", "https://mirror.example/a.rpm"], false), (["file:///local-other/a.rpm"], false),
        (["file:///local/../other/a.rpm"], false), (["file:///local/%2E%2e/other/a.rpm"], false),
        (["file:///local/x%2f..%2f..%2fa.rpm"], false), (["file:///local/"], false), (["file:///local"], false),
        (["file:////local/a.rpm"], false),
    ])
    func onlyTheUsersOwnPackagesNeedNoSignature(_ urls: [String], _ isOwn: Bool) {
        #expect(RPMInstallation.isOwn(urls, directory: "/local") == isOwn)
        #expect(!RPMInstallation.isOwn(urls, directory: nil))
    }

    @Test func listsOfMirrorsLeadToFilesOnlyFromThisHost() {
        let lines = Array("file:///local\nhttps://a.example/os\nhttps://b.example/\u{1}os\n".utf8)
        #expect(MirrorList(lines).bases == ["https://a.example/os"])
        #expect(MirrorList(lines, allowsFiles: true).bases == ["file:///local", "https://a.example/os"])
        let metalink = Array(
            """
            <metalink><files><file name="repomd.xml"><resources>
            <url>file:///local/repodata/repomd.xml</url></resources></file></files></metalink>
            """.utf8
        )
        #expect(MirrorList(metalink).bases.isEmpty)
        #expect(MirrorList(metalink, allowsFiles: true).bases == ["file:///local"])
    }

    /// Compressed, white space costs a mirror nothing.
    @Test func textWithoutPackagesIsNotKept() throws {
        let directory = try TemporaryDirectory()
        let space = String(repeating: " ", count: 20 << 20)
        let package = "<package><name>tool</name><arch>noarch</arch><version epoch=\"0\" ver=\"1\" rel=\"2\"/>"
        try directory.write(
            "<metadata>\(space)<package type=\"rpm\"><name>a</name></package>\(space)</metadata>",
            to: "between"
        )
        #expect(try PrimaryIndex(path: directory("between")).packages { _ in true }.isEmpty)
        try directory.write("<metadata><package type=\"rpm\">\(space)\(package)</package></metadata>", to: "within")
        let error = #expect(throws: ErrorObject.self) {
            try PrimaryIndex(path: directory("within")).packages { _ in true }
        }
        #expect(error?.message.hasSuffix("has a package with more than 16 MiB") == true)
    }

    private static func index(
        name: String = "tool",
        location: String = "Packages/tool.rpm",
        base: String = "",
        digest: String = String(repeating: "a", count: 64)
    ) throws -> [IndexedPackage] {
        let directory = try TemporaryDirectory()
        try directory.write(
            """
            <metadata><package type="rpm"><name>\(name)</name><arch>noarch</arch><version epoch="0" ver="1" rel="2"/>
            <checksum type="sha256" pkgid="YES">\(digest)</checksum><size package="-5" installed="7"/>
            <location xml:base="\(base)" href="\(location)"/></package></metadata>
            """,
            to: "primary.xml"
        )
        return try PrimaryIndex(path: directory("primary.xml")).packages { _ in true }
    }

    @Test(arguments: [
        "../tool.rpm", "a/../../tool.rpm", "/etc/tool.rpm", "", "a//tool.rpm", "./tool.rpm",
        "https://b.example/tool.rpm",
        "file:///etc/tool.rpm", "a/%2e%2E/tool.rpm", "a/.%2e/tool.rpm", "a%2f..%2ftool.rpm", "tool.rpm%00",
        "tool&#0;.rpm",
        "a&#10;b.rpm",
    ])
    func locationsOutsideOfTheRepositoryAreRefused(_ location: String) {
        #expect(throws: ErrorObject.self) { try Self.index(location: location) }
    }

    @Test(arguments: ["../tool", "a/b", "..", ".tool", "-tool", "a&#0;b", "a&#10;b"])
    func namesThatAreNoPartOfAPathAreRefused(_ name: String) {
        #expect(throws: ErrorObject.self) { try Self.index(name: name) }
    }

    @Test func packagesAreBelowTheirRepository() throws {
        let package = try #require(try Self.index(location: "Packages/t/tool-1%2B~^.rpm").first)
        let bases = ["https://a.example/os", "file:///mirror"]
        let found = try package.package(of: "own", bases: bases)
        #expect(found.urls == bases.map { "\($0)/Packages/t/tool-1%2B~^.rpm" })
        #expect(found.fileName == "tool-1%2B~^.rpm" && found.size == 0 && found.installedSize == 7)
    }

    @Test(arguments: [
        ("https://b.example/pool/", ["https://a.example/os"], true), ("file:///local", ["https://a.example/os"], false),
        ("file:///local", ["file:///mirror", "https://a.example/os"], false),
        ("file:///pool", ["file:///mirror"], true),
        ("media://x", ["https://a.example/os"], false), ("../pool", ["https://a.example/os"], false),
        ("/local", ["file:///mirror"], false),
    ])
    func otherBasesAreFilesOnlyForRepositoriesOfThisHost(_ base: String, _ bases: [String], _ isAllowed: Bool) throws {
        let package = try #require(try Self.index(base: base).first)
        if isAllowed {
            let urls = try package.package(of: "own", bases: bases).urls
            #expect(urls == ["\(MirrorList.withoutSlash(base))/Packages/tool.rpm"])
        } else {
            #expect(throws: ErrorObject.self) { try package.package(of: "own", bases: bases) }
        }
    }

    @Test(arguments: ["", "ab", "../../../etc/passwd", String(repeating: "g", count: 64)])
    func otherDigestsAreRefused(_ digest: String) throws {
        let package = try #require(try Self.index(digest: digest).first)
        #expect(throws: ErrorObject.self) { try package.package(of: "own", bases: ["https://a.example"]) }
    }
}
