import FoundationEssentials
import PluginKit
import PluginWire
import Support
import TestSupport
import Testing

@testable import DebianPlugin

/// A signed repository on disk, and apt's configuration for it.
private struct TinyArchive {
    let folder: String

    init(in folder: borrowing TemporaryFolder) throws {
        self.folder = folder("apt")
        try Files.makeDirectories(self.folder)
        try runChecked([Paths.join(Stage.packageRoot, "Tests/Fixtures/tiny-apt.sh"), self.folder])
        for name in ["state", "etc/apt/sources.list.d", "etc/apt/apt.conf.d"] {
            try Files.makeDirectories("\(self.folder)/\(name)")
        }
        try write(suite: "tiny")
    }

    static var canRun: Bool {
        TestUser.isRoot && Stage.exists && ["apt-get", "dpkg-deb", "gpg"].allSatisfy { Paths.findProgram($0) != nil }
    }

    var release: String { "\(folder)/repository/dists/tiny/InRelease" }

    func write(suite: String, uri: String? = nil) throws {
        var source = AptSource(uris: [uri ?? "file:\(folder)/repository"], suites: [suite], components: ["main"])
        source.signedBy = ["\(folder)/keyring.gpg"]
        try Files.write(Array(source.text.utf8), to: "\(folder)/etc/apt/sources.list.d/tiny.sources")
    }

    func replaceRelease(with name: String) throws {
        try Files.write(Files.read("\(folder)/\(name)"), to: release)
    }

    func resolve(_ packages: [String], offline: Bool = false) throws -> Result<ABI.V1.Resolved, ErrorObject> {
        let messages = "\(folder)/messages"
        try Files.write([], to: messages)
        let plan = ResolvePlan(
            cache: "\(folder)/state",
            architecture: "amd64",
            packages: ["?essential"] + packages,
            offline: offline,
            channel: messages
        )
        let script = #"mount --bind "$1/etc/apt" /etc/apt; "$2" --tool resolve plan; exit $?"#
        let program = TinyPackages.program
        let result = try run(
            ["unshare", "--mount", "sh", "-euc", script, "sh", folder, program],
            input: String(decoding: try JSONText.encode(plan), as: UTF8.self)
        )
        if result.succeeded {
            let line = try #require(result.outputLines.last)
            return .success(try JSONText.decode(ABI.V1.Resolved.self, from: Data(line.utf8)))
        }
        let error = try TinyPackages.messages(messages).compactMap(\.error).last
        return .failure(try #require(error, "\(result)"))
    }

    func failure(_ packages: [String] = ["tool"], offline: Bool = false) throws -> ErrorObject {
        switch try resolve(packages, offline: offline) {
        case .success(let resolved): throw Failure(.command, "\(resolved.packages.map(\.name)) were resolved")
        case .failure(let error): return error
        }
    }
}

/// What apt answers, and what becomes of each of its complaints.
@Suite(.enabled(if: TinyArchive.canRun)) struct ResolveTests {
    @Test func packagesComeInOrderWithDigests() throws {
        let folder = try TemporaryFolder()
        let archive = try TinyArchive(in: folder)
        let resolved = try archive.resolve(["tool"]).get()
        #expect(resolved.packages.map(\.name) == ["library", "essential", "tool"])
        let tool = try #require(resolved.packages.last)
        let file = "\(archive.folder)/repository/pool/tool_2.0_amd64.deb"
        #expect(tool.urls == ["file:\(file)"])
        #expect(tool.version == "1:2.0" && tool.requested == true)
        #expect(try runChecked(["sha256sum", file]).output.hasPrefix(tool.sha256))
        #expect(resolved.packages.first?.requested == nil)
        let key = try Files.readText("\(archive.folder)/fingerprint").filter { $0 != "\n" }
        #expect(resolved.indexes.map(\.signedBy) == [[key]])
        #expect(try runChecked(["sha256sum", archive.release]).output.hasPrefix(resolved.indexes[0].sha256))
    }

    @Test func theCacheAloneIsEnough() throws {
        let folder = try TemporaryFolder()
        let archive = try TinyArchive(in: folder)
        #expect(try archive.failure(offline: true).code == ErrorObject.Code.notFound.rawValue)
        let online = try archive.resolve(["tool"]).get()
        #expect(try archive.resolve(["tool"], offline: true).get() == online)
    }

    @Test func packagesOfTheUserJoinTheOthers() throws {
        let folder = try TemporaryFolder()
        let archive = try TinyArchive(in: folder)
        let local = try folder.makeFolder("local")
        try runChecked(["cp", "-a", "\(archive.folder)/repository/pool/tool_2.0_amd64.deb", "\(local)/own name.deb"])
        try folder.write(
            "Package: own\nVersion: 3\nArchitecture: all\nMaintainer: n\nDepends: tool\nDescription: own\n",
            to: "apt/own/DEBIAN/control"
        )
        try runChecked(["dpkg-deb", "--build", folder("apt/own"), "\(local)/own.deb"])
        var context = ABI.V1.Context(
            distribution: "debian",
            release: "tiny",
            architecture: "x86-64",
            localArchitecture: "amd64",
            cache: "/c",
            workspace: "/w"
        )
        let host = Host(pluginDirectory: "/", connection: SilentHost())
        try DebianPlugin().makeRepository(ABI.V1.MakeRepository(context: context, directory: local), host: host)
        context.localRepository = local
        let facts = try DistributionFacts.of("debian", architecture: "amd64")
        let source = RepositoryChoice(context, facts, host: nil, signedBy: nil).localSource()
        let text = try #require(source?.text)
        try Files.write(Array(text.utf8), to: "\(archive.folder)/etc/apt/sources.list.d/local.sources")
        let resolved = try archive.resolve(["own"]).get()
        #expect(resolved.packages.map(\.name) == ["library", "essential", "tool", "own"])
        #expect(resolved.packages.last?.urls == ["file:\(local)/own.deb"])
    }

    @Test func unsignedIndexesAreRefused() throws {
        let folder = try TemporaryFolder()
        let archive = try TinyArchive(in: folder)
        try Files.write(Files.read("\(archive.folder)/fresh"), to: "\(archive.folder)/repository/dists/tiny/Release")
        try runChecked(["rm", archive.release])
        let error = try archive.failure()
        #expect(error.code == ErrorObject.Code.untrusted.rawValue)
        #expect(error.message.contains("dists/tiny") && error.message.contains("not signed"), "\(error)")
    }

    @Test func otherKeysAreRefused() throws {
        let folder = try TemporaryFolder()
        let archive = try TinyArchive(in: folder)
        try archive.replaceRelease(with: "other-key")
        let error = try archive.failure()
        #expect(error.code == ErrorObject.Code.untrusted.rawValue)
        #expect(error.message.contains("keyring.gpg") && error.message.contains("dists/tiny/InRelease"), "\(error)")
        #expect(error.message.contains(/the key [0-9A-F]{16,}/), "\(error)")
    }

    @Test func expiredIndexesAreRefused() throws {
        let folder = try TemporaryFolder()
        let archive = try TinyArchive(in: folder)
        try archive.replaceRelease(with: "expired")
        let error = try archive.failure()
        #expect(error.code == ErrorObject.Code.untrusted.rawValue)
        #expect(error.message.contains("out of date") && error.message.contains("dists/tiny"), "\(error)")
    }

    @Test func alteredIndexesAreRefused() throws {
        let folder = try TemporaryFolder()
        let archive = try TinyArchive(in: folder)
        let path = "\(archive.folder)/repository/dists/tiny/main/binary-amd64/Packages"
        try Files.write(Array(Files.readText(path).replacing("tool", with: "fool").utf8), to: path)
        let error = try archive.failure()
        #expect(error.code == ErrorObject.Code.untrusted.rawValue)
        let digest = try #require(try runChecked(["sha256sum", path]).output.split(separator: " ").first)
        #expect(error.message.contains(digest) && error.message.contains("Packages"), "\(error)")
    }

    @Test func missingReleasesAreNamed() throws {
        let folder = try TemporaryFolder()
        let archive = try TinyArchive(in: folder)
        try archive.write(suite: "tinier")
        let error = try archive.failure()
        #expect(error.code == ErrorObject.Code.notFound.rawValue)
        #expect(error.message.contains("tinier"), "\(error)")
    }

    @Test func unreachableMirrorsAreNamed() throws {
        let folder = try TemporaryFolder()
        let archive = try TinyArchive(in: folder)
        try archive.write(suite: "tiny", uri: "http://127.0.0.1:9/archive")
        let error = try archive.failure()
        #expect(error.code == ErrorObject.Code.commandFailed.rawValue)
        #expect(error.message.contains("127.0.0.1") && error.message.contains("cannot be reached"), "\(error)")
    }

    @Test(arguments: [
        (["nonsense"], ErrorObject.Code.notFound, ["no package nonsense"]),
        (["tool", "enemy"], .commandFailed, ["tool", "enemy", "Conflicts"]),
        (["lost"], .commandFailed, ["lost", "nowhere-to-be-found"]),
    ])
    func packagesThatCannotBeAreNamed(packages: [String], code: ErrorObject.Code, words: [String]) throws {
        let folder = try TemporaryFolder()
        let archive = try TinyArchive(in: folder)
        let error = try archive.failure(packages)
        #expect(error.code == code.rawValue)
        for word in words { #expect(error.message.contains(word), "\(error)") }
    }
}

/// A host that nobody asks for anything.
private struct SilentHost: HostConnection {
    func call(_ method: String, _ parameters: JSON) throws(ErrorObject) -> JSON { throw .cancelled }
    func notify(_ method: String, _ parameters: JSON) {}
    var isCancelled: Bool { false }
}
