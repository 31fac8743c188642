import JSON
import PluginKit
import PluginWire
import Support
import System
import TestSupport
import Testing

@testable import DebianPlugin

/// What apt answers, and what becomes of each of its complaints.
@Suite(.enabled(if: TinyArchive.canRun, "needs root, apt-get, dpkg-deb and gpg")) struct ResolveIntegrationTests {
    @Test func packagesComeInOrderWithDigests() throws {
        let directory = try TemporaryDirectory()
        let archive = try TinyArchive(in: directory)
        let resolved = try archive.resolve(["tool"]).get()
        #expect(resolved.packages.map(\.name) == ["library", "essential", "tool"])
        let tool = try #require(resolved.packages.last)
        let file = "\(archive.directory)/repository/pool/tool_2.0_amd64.deb"
        #expect(tool.urls == ["file:\(file)"])
        #expect(tool.version == "1:2.0" && tool.requested == true)
        #expect(try runChecked(["sha256sum", file]).output.hasPrefix(tool.sha256))
        #expect(resolved.packages.first?.requested == nil)
        #expect(resolved.packages.map(\.installedSize) == [nil, nil, 12 << 10])
        #expect(try archive.logged("warning") == [])
        let commands = try archive.logged("debug").joined(separator: "\n").replacing(" \\\n   ", with: "").split(
            separator: "\n"
        )
        for (program, word) in [("apt-get", "update"), ("apt-get", "install"), ("gpgv", "--quiet")] {
            let isThere = commands.contains { $0.hasPrefix("+ \(program) ") && $0.contains(" \(word)") }
            #expect(isThere, "\(commands)")
        }
        let key = try Files.readText("\(archive.directory)/fingerprint").filter { $0 != "\n" }
        #expect(resolved.indexes.map(\.signedBy) == [[key]])
        #expect(try runChecked(["sha256sum", archive.release]).output.hasPrefix(resolved.indexes[0].sha256))
    }

    @Test func theCacheAloneIsEnough() throws {
        let directory = try TemporaryDirectory()
        let archive = try TinyArchive(in: directory)
        #expect(try archive.failure(offline: true).code == ErrorObject.Code.notFound.rawValue)
        let online = try archive.resolve(["tool"]).get()
        #expect(try archive.resolve(["tool"], offline: true).get() == online)
    }

    @Test func packagesOfTheUserJoinTheOthers() throws {
        let directory = try TemporaryDirectory()
        let archive = try TinyArchive(in: directory)
        let local = try directory.makeDirectory("local")
        try runChecked(["cp", "-a", "\(archive.directory)/repository/pool/tool_2.0_amd64.deb", "\(local)/own name.deb"])
        try directory.write(
            "Package: own\nVersion: 3\nArchitecture: all\nMaintainer: n\nDepends: tool\nDescription: own\n",
            to: "apt/own/DEBIAN/control"
        )
        try runChecked(["dpkg-deb", "--build", directory("apt/own"), "\(local)/own.deb"])
        var context = Self.context
        let host = Host(pluginDirectory: "/", connection: SilentHost())
        try DebianPlugin().makeRepository(ABI.V1.MakeRepository(context: context, directory: local), host: host)
        context.localRepository = local
        let facts = try #require(DistributionFacts.known("debian", architecture: "amd64", mirror: "http://deb.example"))
        let source = RepositoryChoice(context, facts, host: nil, signedBy: nil).localSource()
        let text = try #require(source?.text)
        try Files.write(Array(text.utf8), to: "\(archive.directory)/etc/apt/sources.list.d/local.sources")
        let resolved = try archive.resolve(["own"]).get()
        #expect(resolved.packages.map(\.name) == ["library", "essential", "tool", "own"])
        #expect(resolved.packages.last?.urls == ["file:\(local)/own.deb"])
        // Each build makes the directory in a place of its own; without the network its index is read, too.
        let other = directory("another-local")
        try runChecked(["mv", local, other])
        context.localRepository = other
        let moved = RepositoryChoice(context, facts, host: nil, signedBy: nil).localSource()
        let movedText = try #require(moved?.text)
        try Files.write(Array(movedText.utf8), to: "\(archive.directory)/etc/apt/sources.list.d/local.sources")
        let offline = try archive.resolve(["own"], offline: true) { $0.local = other }.get()
        #expect(offline.packages.last?.urls == ["file:\(other)/own.deb"])
    }

    @Test func whatIsKeptIsChosenBeforeWhatIsNewer() throws {
        let directory = try TemporaryDirectory()
        let archive = try TinyArchive(in: directory)
        let newest = try archive.resolve(["tool"]).get()
        let path = directory("old tool.deb")
        try runChecked([
            "sh", "-euc",
            """
            dpkg-deb --raw-extract "$1/pool/tool_2.0_amd64.deb" "$2" && sed -i 's/1:2.0/1:1.5/' "$2/DEBIAN/control"
            dpkg-deb --root-owner-group --build "$2" "$3"
            """, "sh", "\(archive.directory)/repository", directory("unpacked"), path,
        ])
        var old = try #require(newest.packages.last)
        old.version = "1:1.5"
        old.sha256 = try String(runChecked(["sha256sum", path]).output.prefix(64))
        old.size = try #require(Files.size(of: path))
        old.urls = ["https://archive.example/tool.deb"]
        old.path = path
        var context = Self.context
        (context.workspace, context.configuration) = (directory.path, archive.directory)
        let host = Host(pluginDirectory: "/", connection: SilentHost())
        let kept = try #require(try KeptPackages([old], context, host: host))
        let resolved = try archive.resolve(["tool"]) { $0.kept = kept.directory }.get()
        #expect(resolved.packages.map(\.version) == ["1:2.0", "1:2.0", "1:1.5"])
        let placed = kept.placed(resolved.packages[2])
        #expect(placed.urls == ["https://archive.example/tool.deb"])
        #expect(placed.fileName == old.fileName && placed.requested == true)
        #expect(resolved.indexes.map(\.url) == newest.indexes.map(\.url))
        #expect(try archive.resolve(["tool"]).get() == newest)
    }

    @Test func whatIsPresentIsNotChosenAgain() throws {
        let directory = try TemporaryDirectory()
        let archive = try TinyArchive(in: directory)
        let base = try archive.resolve([]).get().packages
        let resolved = try archive.resolve(["tool"]) { plan in
            plan.packages = ["tool"]
            plan.present = base.map(ResolveTool.exactly)
        }
        #expect(try resolved.get().packages.map(\.name) == ["tool"])
    }

    private static var context: ABI.V1.Context {
        ABI.V1.Context(
            distribution: "debian",
            release: "tiny",
            architecture: "x86-64",
            localArchitecture: "amd64",
            cache: "/c",
            workspace: "/w"
        )
    }

    @Test func unsignedIndexesAreRefused() throws {
        let directory = try TemporaryDirectory()
        let archive = try TinyArchive(in: directory)
        try Files.write(
            Files.read("\(archive.directory)/fresh"),
            to: "\(archive.directory)/repository/dists/tiny/Release"
        )
        try runChecked(["rm", archive.release])
        let error = try archive.failure()
        #expect(error.code == ErrorObject.Code.untrusted.rawValue)
        #expect(error.message.contains("dists/tiny") && error.message.contains("not signed"), "\(error)")
    }

    @Test func otherKeysAreRefused() throws {
        let directory = try TemporaryDirectory()
        let archive = try TinyArchive(in: directory)
        try archive.replaceRelease(with: "other-key")
        let error = try archive.failure()
        #expect(error.code == ErrorObject.Code.untrusted.rawValue)
        #expect(error.message.contains("keyring.gpg") && error.message.contains("dists/tiny/InRelease"), "\(error)")
        #expect(error.message.contains(/the key [0-9A-F]{16,}/), "\(error)")
    }

    @Test func expiredIndexesAreRefused() throws {
        let directory = try TemporaryDirectory()
        let archive = try TinyArchive(in: directory)
        try archive.replaceRelease(with: "expired")
        let error = try archive.failure()
        #expect(error.code == ErrorObject.Code.untrusted.rawValue)
        #expect(error.message.contains("out of date") && error.message.contains("dists/tiny"), "\(error)")
    }

    @Test func alteredIndexesAreRefused() throws {
        let directory = try TemporaryDirectory()
        let archive = try TinyArchive(in: directory)
        let path = "\(archive.directory)/repository/dists/tiny/main/binary-amd64/Packages"
        try Files.write(Array(Files.readText(path).replacing("tool", with: "fool").utf8), to: path)
        let error = try archive.failure()
        #expect(error.code == ErrorObject.Code.untrusted.rawValue)
        let digest = try #require(try runChecked(["sha256sum", path]).output.split(separator: " ").first)
        #expect(error.message.contains(digest) && error.message.contains("Packages"), "\(error)")
    }

    @Test func missingReleasesAreNamed() throws {
        let directory = try TemporaryDirectory()
        let archive = try TinyArchive(in: directory)
        try archive.write(suite: "tinier")
        let error = try archive.failure()
        #expect(error.code == ErrorObject.Code.notFound.rawValue)
        #expect(error.message.contains("tinier"), "\(error)")
    }

    @Test func unreachableMirrorsAreNamed() throws {
        let directory = try TemporaryDirectory()
        let archive = try TinyArchive(in: directory)
        try archive.write(suite: "tiny", uri: "http://127.0.0.1:9/archive")
        let error = try archive.failure()
        #expect(error.code == ErrorObject.Code.commandFailed.rawValue)
        #expect(error.message.contains("127.0.0.1") && error.message.contains("cannot be reached"), "\(error)")
    }

    @Test func componentsThatNoRepositoryHasAreNamed() throws {
        let directory = try TemporaryDirectory()
        let archive = try TinyArchive(in: directory)
        try archive.write(suite: "tiny", components: ["main", "nonsense"])
        // Only what the user asked for has to be there.
        _ = try archive.resolve(["tool"], components: ["main"]).get()
        #expect(try archive.logged("warning").contains { $0.contains("'nonsense'") })
        let error = #expect(throws: ErrorObject.self) {
            try archive.resolve(["tool"], components: ["main", "nonsense"]).get()
        }
        #expect(error?.code == ErrorObject.Code.notFound.rawValue)
        #expect(error?.message == "no repository has the component nonsense")
    }

    @Test func componentsOfSomeRepositoriesAreEnough() {
        let line = { (suite: String) in
            "W: Skipping acquire of configured file 'extra/binary-amd64/Packages' as repository "
                + "'http://m/a \(suite) InRelease' doesn't have the component 'extra' (component misspelt?)"
        }
        let sources = [AptSource(uris: ["http://m/a"], suites: ["one", "two"], components: ["main", "extra"])]
        #expect(!MissingComponents([line("one"), line("one")]).isNowhere("extra", sources))
        #expect(MissingComponents([line("one"), line("two")]).isNowhere("extra", sources))
        #expect(!MissingComponents([line("one"), line("two")]).isNowhere("main", sources))
    }

    @Test func fullFileSystemsAreNamed() throws {
        let directory = try TemporaryDirectory()
        let archive = try TinyArchive(in: directory)
        // Copied, as a repository on a server would be.
        try archive.write(suite: "tiny", uri: "copy:\(archive.directory)/repository")
        let error = #expect(throws: ErrorObject.self) { try archive.resolve(["tool"], space: "4k").get() }
        let place = NoSpace.Place(directory: "/the/cache", setting: "PackageCacheDirectory=")
        let temporary = NoSpace.Place(directory: "/the/workspace", setting: "WorkspaceDirectory=")
        let explained = NoSpace.explained(try #require(error), place, temporary: temporary)
        #expect(explained.message == "there is not enough space left on the file system of /the/cache", "\(explained)")
        #expect(explained.data?.hint?.contains("PackageCacheDirectory=") == true)
        let other = ErrorObject(code: .commandFailed, message: "the mirror cannot be reached")
        #expect(NoSpace.explained(other, place, temporary: temporary) == other)
        // apt says nothing of a full disk where it could not make a temporary file.
        let full = NoSpace.explained(other, place, temporary: temporary) { $0 == "/the/workspace" }
        #expect(full.message == "there is not enough space left on the file system of /the/workspace", "\(full)")
        #expect(full.data?.hint?.contains("WorkspaceDirectory=") == true)
    }

    @Test(arguments: [
        (["nonsense"], ErrorObject.Code.notFound, ["no package nonsense"]),
        (["tool", "enemy"], .commandFailed, ["tool", "enemy", "Conflicts"]),
        (["lost"], .commandFailed, ["lost", "nowhere-to-be-found"]),
    ])
    func packagesThatCannotBeAreNamed(packages: [String], code: ErrorObject.Code, words: [String]) throws {
        let directory = try TemporaryDirectory()
        let archive = try TinyArchive(in: directory)
        let error = try archive.failure(packages)
        #expect(error.code == code.rawValue)
        for word in words { #expect(error.message.contains(word), "\(error)") }
    }
}

/// A host whose services are not used.
struct SilentHost: HostConnection {
    func call(_ method: String, _ parameters: JSON) throws(ErrorObject) -> JSON { throw .cancelled }
    func notify(_ method: String, _ parameters: JSON) {}
    var isCancelled: Bool { false }
}
