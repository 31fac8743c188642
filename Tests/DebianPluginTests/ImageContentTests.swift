import ByteKeys
import JSON
import PluginKit
import PluginWire
import Support
import System
import TestSupport
import Testing

@testable import DebianPlugin

/// What an image is told of where its packages come from, and of its release.
@Suite struct ImageContentTests {
    private static func context(_ distribution: String, _ release: String) -> ABI.V1.Context {
        var context = ABI.V1.Context(
            distribution: distribution,
            release: release,
            architecture: "x86-64",
            localArchitecture: "amd64",
            cache: "/c",
            workspace: "/w"
        )
        context.defaultMirror = ShippedMirrors.mirror(distribution, "amd64")
        return context
    }

    private static func lines(_ context: ABI.V1.Context) throws -> [String] {
        try ImageSources(context).sources.map { "\($0.uris[0]) \($0.suites.joined(separator: " "))" }
    }

    @Test("An image has the repositories of its release, and not those that it was built from")
    func sources() throws {
        var context = Self.context("debian", "trixie")
        let security = "http://security.debian.org/debian-security trixie-security"
        let canonical = ["http://deb.debian.org/debian trixie trixie-updates", security]
        #expect(try Self.lines(context) == canonical)
        context.settings = ["LocalMirror": .string("file:///srv/mirror")]
        context.snapshot = "20260101T000000Z"
        #expect(try Self.lines(context) == canonical)
        context.mirror = "file:///srv/mirror"
        #expect(try Self.lines(context) == canonical)
        context.mirror = "https://mirror.example"
        #expect(try Self.lines(context) == ["https://mirror.example/debian trixie trixie-updates", security])
        context.repositories = ["contrib"]
        context.repositoryKeyCheck = false
        let source = try ImageSources(context).sources[0]
        #expect(source.components == ["main", "contrib"])
        #expect(!source.isTrusted && !source.allowsOld && source.signedBy == nil)
        let ubuntu = try ImageSources(Self.context("ubuntu", "noble"))
        #expect(ubuntu.name == "noble" && ubuntu.keyrings == ["/usr/share/keyrings/ubuntu-archive-keyring.gpg"])
    }

    @Test("sid calls itself sid, testing does not")
    func codenames() {
        #expect(OSRelease.codename(Self.context("debian", "sid")) == "sid")
        #expect(OSRelease.codename(Self.context("debian", "unstable")) == "sid")
        #expect(OSRelease.codename(Self.context("debian", "testing")) == nil)
        #expect(OSRelease.codename(Self.context("kali", "sid")) == nil)
        let text =
            "PRETTY_NAME=\"Debian GNU/Linux forky/sid\"\nNAME=\"Debian GNU/Linux\"\nVERSION_CODENAME=forky\nID=debian\n"
        let changed = OSRelease.text(text, naming: "sid")
        #expect(
            changed
                == "PRETTY_NAME=\"Debian GNU/Linux sid\"\nNAME=\"Debian GNU/Linux\"\nVERSION_CODENAME=sid\nID=debian\n"
        )
        #expect(OSRelease.text(changed, naming: "sid") == changed)
    }

    /// The files that the plugin answers for a sandbox tree, by path.
    private static func configured(_ change: (inout ABI.V1.Context) -> Void) throws -> [String: String] {
        var context = context("debian", "trixie")
        context.repositoryKeyCheck = false
        change(&context)
        let host = Host(pluginDirectory: "/", connection: SilentHost())
        let answer = try DebianPlugin().configure(ABI.V1.Configure(context: context), host: host)
        return Dictionary(uniqueKeysWithValues: answer.files.map { ($0.path, $0.text ?? "") })
    }

    @Test("Sources of the user are added to the distribution's, and only a file of the same name replaces them")
    func userSources() throws {
        let directory = try TemporaryDirectory()
        let own = "/etc/apt/sources.list.d/mkosi.sources"
        #expect(try Self.configured { _ in }[own]?.contains("trixie-updates") == true)
        try directory.write("deb https://own.example/apt stable main\n", to: "tree/etc/apt/sources.list.d/own.list")
        #expect(try Self.configured { $0.sandboxTree = directory("tree") }[own]?.contains("trixie-updates") == true)
        try directory.write("Types: deb\nURIs: https://m\nSuites: x\n", to: "tree\(own)")
        #expect(try Self.configured { $0.sandboxTree = directory("tree") }[own] == nil)
    }

    @Test("Only an image with packages of the user prefers them")
    func preference() throws {
        let path = "/etc/apt/preferences.d/mkosi-local"
        #expect(try Self.configured { _ in }[path] == nil)
        #expect(try Self.configured { $0.localRepository = "/w/local" }[path]?.contains("Pin-Priority: 1100") == true)
    }
}

/// Packages of the user against those of repositories, as apt decides.
@Suite(.enabled(if: TinyArchive.canRun, "needs root, apt-get, dpkg-deb and gpg")) struct LocalPackageIntegrationTests {
    @Test("A package of the user wins though it is older, and one may be downgraded")
    func olderPackages() throws {
        let directory = try TemporaryDirectory()
        let archive = try TinyArchive(in: directory)
        let local = try directory.makeDirectory("local")
        try runChecked([
            "sh", "-euc",
            """
            dpkg-deb --raw-extract "$1/pool/tool_2.0_amd64.deb" "$2" && sed -i 's/1:2.0/1:1.5/' "$2/DEBIAN/control"
            dpkg-deb --root-owner-group --build "$2" "$3/tool.deb"
            """, "sh", "\(archive.directory)/repository", directory("unpacked"), local,
        ])
        var context = ABI.V1.Context(
            distribution: "debian",
            release: "trixie",
            architecture: "x86-64",
            localArchitecture: "amd64",
            cache: "/c",
            workspace: "/w"
        )
        context.defaultMirror = ShippedMirrors.mirror("debian", "amd64")
        context.repositoryKeyCheck = false
        context.localRepository = local
        let host = Host(pluginDirectory: "/", connection: SilentHost())
        try DebianPlugin().makeRepository(ABI.V1.MakeRepository(context: context, directory: local), host: host)
        let answer = try DebianPlugin().configure(ABI.V1.Configure(context: context), host: host)
        for file in answer.files where file.path.contains("mkosi-local") {
            try directory.write(file.text ?? "", to: "apt\(file.path)")
        }
        let resolved = try archive.resolve(["tool"]).get()
        #expect(resolved.packages.last?.version == "1:1.5")
        #expect(resolved.packages.last?.urls == ["file:\(local)/tool.deb"])
        // An installed newer one goes back.
        let control = "Package: tool\nStatus: install ok installed\nVersion: 1:2.0\nArchitecture: amd64\n"
        let library = "Package: library\nStatus: install ok installed\nVersion: 1:2.0\nArchitecture: amd64\n"
        let essential = library.replacing("library", with: "essential")
        try directory.write("\(control)\n\(library)\n\(essential)\n", to: "status")
        let down = try archive.resolve([]) { plan in
            plan.packages = ["tool"]
            plan.statusFile = directory("status")
        }.get()
        #expect(down.packages.map { "\($0.name) \($0.version)" } == ["tool 1:1.5"])
    }
}
