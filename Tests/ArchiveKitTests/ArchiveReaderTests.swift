import ArchiveKit
import Foundation
import System
import TestSupport
import Testing

@Suite struct ArchiveReaderTests {
    /// A small archive in an archive, as package managers have them.
    private func nested(_ scratch: TemporaryDirectory, compression: String) throws -> String {
        let tree = try scratch.makeDirectory("tree")
        try run("mkdir", "-p", "\(tree)/usr/share/doc")
        try scratch.write(Array("hello\n".utf8), to: "tree/usr/share/doc/README")
        try run("ln", "\(tree)/usr/share/doc/README", "\(tree)/usr/share/doc/again")
        try run("ln", "-s", "doc/README", "\(tree)/usr/share/link")
        try run("chmod", "4755", "\(tree)/usr/share/doc/README")
        try run("touch", "-d", "@1000000000", "\(tree)/usr/share/doc/README")
        let inner = scratch("data.\(compression)")
        switch compression {
        case "plain": try run("tar", "-C", tree, "--sort=name", "-cf", inner, ".")
        default: try run("tar", "-C", tree, "--sort=name", "--\(compression)", "-cf", inner, ".")
        }
        try scratch.write(Array("2.0\n".utf8), to: "version")
        let outer = scratch("package")
        try run("ar", "rcS", outer, scratch("version"), inner)
        return outer
    }

    @Test(arguments: ["plain", "gzip", "xz", "bzip2"])
    func readsAnArchiveInAnArchive(compression: String) throws {
        let scratch = try TemporaryDirectory()
        let package = try nested(scratch, compression: compression)
        var reader = try ArchiveReader(path: package) { $0.hasPrefix("data.") }
        var seen: [String: ArchiveEntry] = [:]
        var content: [UInt8] = []
        while let entry = try reader.next() {
            seen[entry.path.normalized.string] = entry
            if entry.kind == .regular, entry.hardLink == nil { content = try reader.readAll() }
        }
        #expect(content == Array("hello\n".utf8))
        #expect(
            seen.keys.sorted() == [
                "", "usr", "usr/share", "usr/share/doc", "usr/share/doc/README", "usr/share/doc/again",
                "usr/share/link",
            ]
        )
        let file = try #require(seen["usr/share/doc/README"])
        #expect(file.mode == 0o4755 && file.size == 6 && file.modified.seconds == 1_000_000_000)
        #expect(seen["usr/share/doc/again"]?.hardLink?.normalized == "usr/share/doc/README")
        #expect(seen["usr/share/link"]?.linkTarget == "doc/README")
    }

    @Test func severalThreadsReadAtOnce() async throws {
        let scratch = try TemporaryDirectory()
        let package = try nested(scratch, compression: "xz")
        let counts = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    var count = 0
                    for _ in 0..<20 {
                        var reader = try ArchiveReader(path: package) { $0.hasPrefix("data.") }
                        while try reader.next() != nil { count += 1 }
                    }
                    return count
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(counts == Array(repeating: 140, count: 8))
    }

    @Test func namesBeyondASCIISurvive() throws {
        let scratch = try TemporaryDirectory()
        let script = """
            import io, sys, tarfile
            with tarfile.open(sys.argv[1], "w", format=tarfile.GNU_FORMAT, encoding="latin-1") as out:
                out.addfile(tarfile.TarInfo("caf\\xe9"))
            with tarfile.open(sys.argv[2], "w", format=tarfile.PAX_FORMAT) as out:
                out.addfile(tarfile.TarInfo("F\\u0151tan\\xfas"))
            """
        try run("python3", "-c", script, scratch("bytes"), scratch("text"))
        var bytes = try ArchiveReader(path: scratch("bytes"))
        #expect(try bytes.next()?.path.bytes == Array("caf".utf8) + [0xe9])
        var text = try ArchiveReader(path: scratch("text"))
        #expect(try text.next()?.path.string == "Főtanús")
    }

    @Test(arguments: ["plain", "gzip", "xz", "bzip2"])
    func aTruncatedArchiveIsAnError(compression: String) throws {
        let scratch = try TemporaryDirectory()
        _ = try nested(scratch, compression: compression)
        let whole = try scratch.read("data.\(compression)")
        try scratch.write(Array(whole[..<(whole.count > 2000 ? 1900 : whole.count / 2)]), to: "cut")
        let error = #expect(throws: ImageError.self) {
            var reader = try ArchiveReader(path: scratch("cut"))
            while let entry = try reader.next() {
                if entry.size > 0 { _ = try reader.readAll() }
            }
        }
        #expect(error?.code == .damaged)
        #expect(error?.message.hasPrefix("\(scratch("cut")) is damaged or is not an archive: ") == true)
    }

    @Test func garbageAndMissingFilesAreErrors() throws {
        let scratch = try TemporaryDirectory()
        try scratch.write((0..<5000).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 / 13) }, to: "garbage")
        try scratch.write([], to: "empty")
        for name in ["garbage", "empty"] {
            let error = #expect(throws: ImageError.self) {
                var reader = try ArchiveReader(path: scratch(name))
                _ = try reader.next()
            }
            #expect(error?.code == .damaged && error?.path == scratch(name))
        }
        let error = #expect(throws: ImageError.self) {
            _ = try ArchiveReader(path: scratch("nothing"))
        }
        #expect(error?.message == "cannot open \(scratch("nothing")): No such file or directory")
        #expect(error?.code == .missing)
    }

    @Test func aMemberThatIsNotThereIsNamed() throws {
        let scratch = try TemporaryDirectory()
        let package = try nested(scratch, compression: "plain")
        let error = #expect(throws: ImageError.self) {
            _ = try ArchiveReader(path: package) { $0 == "control" }
        }
        #expect(error?.message == "\(package) lacks the requested member: it has version, data.plain")
    }
}
