import ArchiveKit
import Foundation
import System
import TestSupport
import Testing

/// Archives made to reach out of the directory that they are unpacked in.
@Suite struct HostileArchiveTests {
    static let names = [
        "dotdot", "absolute", "through-link", "through-relative-link", "hard-link", "hard-link-through-link",
        "write-through-link", "directory-over-link",
    ]

    @Test(arguments: names, [TreeWriter.Resolution.inRoot, .beneath])
    func nothingLeavesTheRoot(name: String, resolution: TreeWriter.Resolution) throws {
        let scratch = try TemporaryDirectory()
        let outside = try scratch.makeDirectory("outside")
        let root = try scratch.makeDirectory("a/b/root")
        try scratch.write(Array("untouched".utf8), to: "outside/secret")
        try run("chmod", "700", outside)
        try run("python3", "\(fixtures)/archives/hostile.py", scratch.path, outside)

        var options = TreeWriter.Options()
        options.owners = isRoot
        options.resolution = resolution
        var writer = try TreeWriter(root: root, options: options)
        var reader = try ArchiveReader(path: scratch(name))
        // Some entries are refused, others land inside: both are fine as long as nothing outside changes.
        while let entry = try reader.next() {
            do {
                try writer.write(entry, at: entry.path.normalized, content: &reader)
            } catch {
                #expect(error.path.hasPrefix(root))
            }
        }
        try? writer.finish()

        #expect(try scratch.read("outside/secret") == Array("untouched".utf8))
        let names = try FileManager.default.contentsOfDirectory(atPath: outside)
        #expect(names == ["secret"])
        #expect(try run("stat", "-c", "%a %h", outside, "\(outside)/secret") == "700 2\n644 1\n")
        #expect(!FileManager.default.fileExists(atPath: scratch("escaped")))
        #expect(!FileManager.default.fileExists(atPath: scratch("a/escaped")))
    }

    @Test(
        "An owner that no system has is an error, and not root",
        arguments: [("uid", 1 << 32 - 1), ("uid", 1 << 32), ("gid", 1 << 33), ("gid", 1 << 32 - 1), ("uid", -1)]
    )
    func owners(_ field: String, _ number: Int) throws {
        let scratch = try TemporaryDirectory()
        let script = """
            import sys, tarfile
            with tarfile.open(sys.argv[1], "w", format=tarfile.GNU_FORMAT) as out:
                info = tarfile.TarInfo("etc/file")
                setattr(info, sys.argv[2], int(sys.argv[3]))
                out.addfile(info)
            """
        try run("python3", "-c", script, scratch("a.tar"), field, "\(number)")
        var reader = try ArchiveReader(path: scratch("a.tar"))
        let error = #expect(throws: ImageError.self) { _ = try reader.next() }
        #expect(error?.code == .damaged)
        #expect(error?.message.contains("assigns /etc/file to the") == true)
    }

    @Test func linksInsideTheRootAreFollowed() throws {
        let scratch = try TemporaryDirectory()
        let root = try scratch.makeDirectory("root")
        try run("mkdir", "-p", "\(root)/usr/bin", "\(root)/run")
        try run("ln", "-s", "usr/bin", "\(root)/bin")
        try run("ln", "-s", "/run", "\(root)/usr/run")
        var options = TreeWriter.Options()
        options.owners = isRoot
        var writer = try TreeWriter(root: root, options: options)
        var entry = ArchiveEntry(path: "bin/env", kind: .regular, mode: 0o755)
        try writer.write(entry, at: entry.path)
        entry.path = "usr/run/lock"
        try writer.write(entry, at: entry.path)
        #expect(try run("stat", "-c", "%a", "\(root)/usr/bin/env", "\(root)/run/lock") == "755\n755\n")
    }

    @Test func aFileDoesNotReplaceADirectory() throws {
        let scratch = try TemporaryDirectory()
        let root = try scratch.makeDirectory("root")
        try run("mkdir", "-p", "\(root)/etc/conf")
        var writer = try TreeWriter(root: root)
        let error = #expect(throws: ImageError.self) {
            _ = try writer.createFile(at: "etc/conf")
        }
        #expect(error?.message == "cannot create \(root)/etc/conf: Is a directory")
    }
}
