import Crypto
import Execution
import PackageSamples
import Support
import System
import TestSupport
import Testing

/// Mirrors that are laid out as the real ones are, lists of mirrors, and distributions of other manifests.
@Suite(.enabled(if: RPMProject.isPossible, "needs dnf, rpm, rpmkeys and gpgv"), .serialized)
struct RPMMirrorTests {
    /// A second repository next to the first, with a newer package.
    private static func addUpdates(to rpm: RPMProject) throws {
        var package = SamplePackage.newer
        package.version = "11"
        package.files = [.text("/usr/share/several", "11\n")]
        try RPMRepository.write([package], to: rpm.directory("updates"), keys: try RPMProject.keys.get())
    }

    private static func link(_ rpm: RPMProject, _ target: String, _ path: String) throws {
        let parent = path.split(separator: "/").dropLast().joined(separator: "/")
        try rpm.directory.makeDirectory("www/\(parent)")
        try runChecked(["ln", "-s", rpm.directory(target), rpm.directory("www/\(path)")])
    }

    private static func withoutLocalMirror(_ rpm: RPMProject) throws {
        let path = "\(rpm.project)/mkosi.conf"
        let lines = try Files.readText(path).split(separator: "\n").filter { !$0.hasPrefix("LocalMirror=") }
        try Files.write(Array(lines.joined(separator: "\n").utf8), to: path)
    }

    @Test("A build asks a mirror for what it needs of the real layout, and for nothing else")
    func realPaths() throws {
        let rpm = try RPMProject(settings: "Packages=several\n")
        try Self.addUpdates(to: rpm)
        try Self.withoutLocalMirror(rpm)
        let base = "m/linux/releases/43/Everything/x86_64/os"
        let updates = "m/linux/updates/43/Everything/x86_64"
        try Self.link(rpm, "repository", base)
        try Self.link(rpm, "updates", updates)
        let server = try LoggedServer(rpm.directory("www"), log: rpm.directory("log"))
        let result = try rpm.mkosi(["--mirror=\(server.url)/m"])
        #expect(result.succeeded, "\(result)")
        #expect(try Files.readText("\(rpm.image)/usr/share/several") == "11\n")
        let requests = server.requests
        #expect(requests.contains("/\(base)/repodata/repomd.xml"))
        #expect(requests.contains("/\(updates)/repodata/repomd.xml"))
        let packages = requests.filter { $0.hasSuffix(".rpm") }
        #expect(
            packages == [
                "/\(base)/packages/basesystem-2.0-1.noarch.rpm", "/\(base)/packages/filesystem-2.0-1.noarch.rpm",
                "/\(base)/packages/shell-2.0-1.x86_64.rpm", "/\(updates)/packages/several-11-1.noarch.rpm",
            ]
        )
        let others = requests.filter { !$0.hasSuffix(".rpm") && !$0.contains("/repodata/") }
        #expect(others.isEmpty, "\(others)")

        let missing = try rpm.mkosi(["--force", "--mirror=\(server.url)/m", "--repositories=nowhere"])
        #expect(!missing.succeeded && missing.errors.contains("there is no repository nowhere"), "\(missing)")
        let testing = try rpm.mkosi(["--force", "--mirror=\(server.url)/m", "--repositories=updates-testing"])
        #expect(!testing.succeeded && testing.errors.contains("updates-testing"), "\(testing)")
        #expect(server.requests.contains("/m/linux/updates/testing/43/Everything/x86_64/repodata/repomd.xml"))
    }

    @Test("A metalink leads past a mirror that has nothing, and past one that has another manifest")
    func metalink() throws {
        let rpm = try RPMProject(settings: "Packages=extra\n")
        try Self.addUpdates(to: rpm)
        try Self.withoutLocalMirror(rpm)
        try Self.link(rpm, "repository", "good")
        try Self.link(rpm, "updates", "other")
        let server = try LoggedServer(rpm.directory("www"), log: rpm.directory("log"))
        func metalink(digest: String) -> String {
            let urls = [("\(server.url)/down", 100), ("\(server.url)/other", 90), ("\(server.url)/good", 80)]
                .map { "<url protocol=\"http\" preference=\"\($1)\">\($0)/repodata/repomd.xml</url>" }
            return """
                <metalink version="3.0"><files><file name="repomd.xml"><verification><hash type="sha256">\(digest)</hash>
                </verification><resources>\(urls.joined())</resources></file></files></metalink>
                """
        }
        let digest = try Digest.ofFile(rpm.directory("repository/repodata/repomd.xml"))
        try rpm.directory.write(metalink(digest: digest), to: "www/metalink")
        try rpm.directory.makeDirectory("project/mkosi.sandbox/etc/yum.repos.d")
        func define(key: String) throws {
            try rpm.directory.write(
                """
                [own]
                metalink=\(server.url)/metalink?arch=$basearch
                gpgkey=\(key)
                """,
                to: "project/mkosi.sandbox/etc/yum.repos.d/mkosi.repo"
            )
        }
        try define(key: "\(server.url)/good/KEY.asc")
        let open = try rpm.mkosi()
        #expect(!open.succeeded && open.errors.contains("is not fetched: only https:"), "\(open)")
        try define(key: "file:///etc/pki/rpm-gpg/RPM-GPG-KEY-fedora-43-primary")
        let result = try rpm.mkosi()
        #expect(result.succeeded, "\(result)")
        #expect(server.requests.contains("/metalink?arch=x86_64") && !server.requests.contains("/good/KEY.asc"))
        try rpm.directory.write(metalink(digest: String(repeating: "0", count: 64)), to: "www/metalink")
        let refused = try rpm.mkosi(["--force"])
        #expect(!refused.succeeded && refused.errors.contains("own"), "\(refused)")
    }

    @Test("A manifest alone makes another distribution, with its own mirror and key")
    func remix() throws {
        let rpm = try RPMProject(settings: "Packages=tool\n")
        try Self.withoutLocalMirror(rpm)
        try rpm.directory.makeDirectory("mirror/7")
        try runChecked(["ln", "-s", rpm.directory("repository"), rpm.directory("mirror/7/x86_64")])
        try runChecked(["rm", "-r", "\(rpm.project)/mkosi.sandbox"])
        func manifest(key: String) -> String {
            """
            {"manifest": 1, "name": "umbra", "version": "7", "summary": "Derived",
             "protocol": {"min": 1, "max": 1}, "interface": {"min": 1, "max": 1}, "start": {"plugin": "fedora"},
             "provides": {"distributions": [{"name": "umbra", "architectures": {"x86-64": "x86_64"},
              "releases": [{"name": "7"}], "defaultRelease": "7", "packageFormat": "rpm",
              "mirrors": {"*": "file://\(rpm.directory("mirror"))"}, "keyrings": ["\(key)"],
              "packageSets": {"base": ["filesystem", "shell"]}, "tools": [{"name": "dnf"}, {"name": "rpm"}]}]}}
            """
        }
        let path = "project/mkosi.plugins/umbra/plugin.json"
        try rpm.directory.write(manifest(key: rpm.directory("repository/KEY.asc")), to: path)
        let options = ["--distribution=umbra", "--release=7"]
        let result = try rpm.mkosi(options)
        #expect(result.succeeded, "\(result)")
        #expect(try Files.readText("\(rpm.project)/image.manifest").contains(#""distribution": "umbra""#))
        try RPMRepository.write(
            [.extra],
            to: rpm.directory("elsewhere"),
            variant: .expired,
            keys: try RPMProject.keys.get()
        )
        try rpm.directory.write(manifest(key: rpm.directory("elsewhere/KEY.asc")), to: path)
        let refused = try rpm.mkosi(["--force"] + options)
        #expect(!refused.succeeded && refused.errors.contains("expired"), "\(refused)")
    }
}
