import Glibc
import PluginWire
import System
import TestSupport
import Testing

@testable import DistributionKit

/// Links that a command of the sandbox leaves in the cache or the workspace, for the plugin outside to follow.
@Suite struct ConfinedDirectoryTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        try directory.write("precious", to: "victim/file")
        try directory.makeDirectory("cache")
    }

    private var victim: [String] {
        get throws { try Files.list(directory("victim")) + [Files.readText(directory("victim/file"))] }
    }

    @Test(arguments: ["keys", "repositories/a/repodata"])
    func isMadeAndUsed(place: String) throws {
        let own = try ConfinedDirectory(directory("cache"), place)
        #expect(own.path == directory("cache/\(place)") && own.path(of: "a") == directory("cache/\(place)/a"))
        #expect(own.read("file") == nil && own.size("file") == nil)
        for text in ["one", "another"] {
            try own.write("file", Array(text.utf8))
            #expect(try Files.readText(own.path(of: "file")) == text)
        }
        #expect(own.read("file") == Array("another".utf8) && own.size("file") == 7)
        #expect(own.read("file", limit: 6) == nil)
        #expect(try own.digest("file")?.utf8.count == 64)
        #expect(try own.directory("inner").path == directory("cache/\(place)/inner"))
        own.remove("file")
        #expect(!Files.exists(own.path(of: "file")))
    }

    @Test(arguments: ["keys", "repositories", "repositories/a"])
    func linksInThePlaceOfDirectoriesAreErrors(place: String) throws {
        try directory.makeDirectory("cache/repositories")
        if place != "repositories" {
            symlink(directory("victim"), directory("cache/\(place)"))
        } else {
            rmdir(directory("cache/repositories"))
            symlink(directory("victim"), directory("cache/repositories"))
        }
        let error = #expect(throws: ErrorObject.self) {
            try ConfinedDirectory(directory("cache"), "\(place)/repodata").write("repomd.xml", [1])
        }
        #expect(error?.message.hasSuffix("something has put a link or a file in its place") == true, "\(error as Any)")
        #expect(try victim == ["file", "precious"])
    }

    @Test func linksInThePlaceOfFilesAreNotFollowed() throws {
        let own = try ConfinedDirectory(directory("cache"), "keys")
        func plant() { symlink(directory("victim/file"), own.path(of: "key")) }
        plant()
        #expect(try own.read("key") == nil && own.size("key") == nil && own.digest("key") == nil)
        own.removeStrange("key")
        #expect(Files.kind(of: own.path(of: "key")) == nil)
        plant()
        try own.write("key", [1])
        #expect(own.read("key") == [1])
        own.remove("key")
        plant()
        own.remove("key")
        #expect(try victim == ["file", "precious"])
    }

    @Test(arguments: ["../victim/file", "..", "", "/etc/passwd", "a/b", "a\0b"])
    func namesFromOutsideAreNamesOfFiles(name: String) throws {
        let own = try ConfinedDirectory(directory("cache"), "")
        own.remove(name)
        #expect(own.read(name) == nil && own.size(name) == nil)
        #expect(throws: ErrorObject.self) { try own.write(name, [1]) }
        #expect(try victim == ["file", "precious"])
    }

    /// Of a mirror's index, only the digest is in what the list of mirrors states.
    @Test func pipesAreNoFiles() throws {
        let own = try ConfinedDirectory(directory("cache"), "keys")
        mkfifo(own.path(of: "key"), 0o600)
        #expect(own.read("key") == nil)
        own.removeStrange("key")
        #expect(!Files.exists(own.path(of: "key")))
    }
}
