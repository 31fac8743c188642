import ArchiveKit
import Crypto
import Foundation
import System
import TestSupport
import Testing

@Suite struct ArchiveWriterTests {
    private func archive(
        _ tree: String,
        _ file: String,
        _ compression: Compression = .none,
        level: Int? = nil,
        jobs: Int = 2
    ) throws {
        let writer = try ArchiveWriter(path: file, compression: compression, level: level, jobs: jobs)
        try TreeArchiver.archive(tree, to: writer, options: TreeArchiver.Options(epoch: 1_700_000_000))
    }

    private func unpack(_ file: String, to root: String) throws {
        var options = TreeWriter.Options()
        options.owners = isRoot
        var writer = try TreeWriter(root: root, options: options)
        var reader = try ArchiveReader(path: file)
        while let entry = try reader.next() {
            try writer.write(entry, at: entry.path.normalized, content: &reader)
        }
        try writer.finish()
    }

    @Test func aCopyOnAnotherFileSystemGivesTheSameBytes() throws {
        let scratch = try TemporaryDirectory()
        let memory = try TemporaryDirectory(below: "/dev/shm")
        let tree = try SampleTree(scratch)
        // In another order, with other inode numbers, other holes and other times of access.
        try run("sh", "-c", "cd \(memory.path) && mkdir tree && for i in $(seq 50); do : > tree/$i; done; rm -f tree/*")
        try run("cp", "-a", "--sparse=never", "\(tree.path)/.", "\(memory.path)/tree")
        try archive(tree.path, scratch("one"))
        try archive("\(memory.path)/tree", scratch("two"))
        try archive(tree.path, scratch("three"))
        #expect(try Digest.ofFile(scratch("one")) == Digest.ofFile(scratch("three")))
        #expect(try Digest.ofFile(scratch("one")) == Digest.ofFile(scratch("two")))
    }

    /// Every way of unpacking leads to a tree that gives the same archive again.
    @Test(arguments: ["own", "tar", "bsdtar"])
    func survivesARoundTrip(tool: String) throws {
        let scratch = try TemporaryDirectory()
        let tree = try SampleTree(scratch)
        try archive(tree.path, scratch("one"))
        let copy = try scratch.makeDirectory("copy")
        switch tool {
        case "own":
            try unpack(scratch("one"), to: copy)
        case "tar":
            try run(
                "tar",
                "-C",
                copy,
                "-xpf",
                scratch("one"),
                "--xattrs",
                "--xattrs-include=*",
                "--acls",
                "--numeric-owner"
            )
        default:
            try run("bsdtar", "-C", copy, "-xpf", scratch("one"), "--xattrs", "--acls", "--numeric-owner")
        }
        try archive(copy, scratch("two"))
        let first = try run("bsdtar", "-tvnf", scratch("one"))
        #expect(try run("bsdtar", "-tvnf", scratch("two")) == first)
        #expect(try Digest.ofFile(scratch("one")) == Digest.ofFile(scratch("two")))
    }

    @Test func theEntriesAreWhatTheTreeHas() throws {
        let scratch = try TemporaryDirectory()
        let tree = try SampleTree(scratch)
        try archive(tree.path, scratch("one"))
        var reader = try ArchiveReader(path: scratch("one"))
        var entries: [BytePath: ArchiveEntry] = [:]
        var order: [BytePath] = []
        while let entry = try reader.next() {
            entries[entry.path.normalized] = entry
            order.append(entry.path.normalized)
        }
        #expect(order.prefix(4) == ["", "empty", "etc", "etc/empty"])
        #expect(!order.contains("usr/socket"))
        #expect(order.contains(BytePath(bytes: Array("usr/share/caf".utf8) + [0xe9])))
        #expect(order.contains("usr/share/Főtanús"))

        let first = try #require(entries["etc/zz"])
        #expect(first.mode & 0o7000 == 0o4000 && first.size == 6)
        #expect(first.modified == FileTime(seconds: 1_600_000_000))
        #expect(first.attributes.map(\.name) == ["user.apple", "user.zebra"])
        let list = try #require(first.accessList)
        #expect(list.entries.contains { $0.tag == .user && $0.id == 1000 && $0.permissions == 7 })
        #expect(list.entries.contains { $0.tag == .group && $0.id == 2000 && $0.permissions == 5 })
        #expect(entries["usr/bin/hello"]?.hardLink == "etc/zz" && entries["usr/bin/again"]?.hardLink == "etc/zz")
        #expect(entries["usr/share/more"]?.hardLink == "usr/share/many")
        #expect(entries["etc"]?.modified.seconds == 1_700_000_000)
        #expect(entries["etc"]?.attributes == [])
        #expect(entries["usr/share/doc"]?.defaultAccessList?.entries.contains { $0.id == 1001 } == true)
        #expect(entries["usr/share/sparse"]?.size == 12_345_678)
        #expect(entries["usr/a-b"]?.mode == 0o2750 && entries["empty"]?.mode == 0o1777)
        #expect(entries["usr/pipe"]?.kind == .fifo)
        // Twenty megabytes of zeros are not in it.
        #expect(try run("stat", "-c", "%s", scratch("one")).count == 8)
        if isRoot {
            #expect(entries["usr/null"]?.kind == .characterDevice && entries["usr/null"]?.deviceMinor == 3)
            #expect(entries["usr/whiteout"]?.kind == .characterDevice && entries["usr/whiteout"]?.deviceMinor == 0)
            #expect(entries["usr/disk"]?.deviceMajor == 259 && entries["usr/disk"]?.deviceMinor == 70000)
            #expect(entries["usr/share/random"]?.user == 100_000 && entries["usr/share/random"]?.group == 65534)
            #expect(entries["usr/share/random"]?.attributes.map(\.name) == ["security.capability"])
            #expect(entries["usr/share/doc"]?.attributes == [])
            #expect(entries["etc/empty"]?.user == 3_000_000_000)
        }
    }

    @Test(arguments: Compression.allCases)
    func compressesAlikeWithAnyNumberOfThreads(compression: Compression) throws {
        let scratch = try TemporaryDirectory()
        let tree = try scratch.makeDirectory("tree")
        // Several blocks for the compressors that make them in parallel.
        let isParallel = [.zstd, .xz].contains(compression)
        let (numbers, noise) = isParallel ? (900_000, 2_000_000) : (200_000, 300_000)
        try run("sh", "-c", "seq 1 \(numbers) > \(tree)/numbers; head -c \(noise) /dev/urandom > \(tree)/noise")
        var digests: Set<String> = []
        for jobs in isParallel ? [1, 3, 8] : [1, 4] {
            try archive(tree, scratch("one"), compression, level: compression == .none ? nil : 1, jobs: jobs)
            digests.insert(try Digest.ofFile(scratch("one")))
        }
        #expect(digests.count == 1)
        let copy = try scratch.makeDirectory("copy")
        try unpack(scratch("one"), to: copy)
        #expect(try run("diff", "-r", tree, copy).isEmpty)
        // The compressor's own program reads it too.
        let programs: [Compression: String] = [.xz: "xz", .gz: "gzip", .bz2: "bzip2", .lzma: "xz --format=lzma"]
        if let program = programs[compression] {
            try run("sh", "-c", "\(program) -dc < \(scratch("one")) | tar -t")
        }
    }

    /// What was computed on the way against what another program reads afterwards.
    @Test(arguments: Compression.allCases, [ArchiveWriter.Layout.pax, .newc])
    func theDigestIsThatOfTheFile(compression: Compression, layout: ArchiveWriter.Layout) throws {
        let scratch = try TemporaryDirectory()
        let tree = try scratch.makeDirectory("tree")
        try run("sh", "-c", "seq 1 90000 > \(tree)/numbers; head -c 500000 /dev/urandom > \(tree)/noise")
        // A longer file of an earlier time leaves nothing behind.
        try run("sh", "-c", "head -c 9000000 /dev/zero > \(scratch("one"))")
        let writer = try ArchiveWriter(
            path: scratch("one"),
            layout: layout,
            compression: compression,
            level: compression == .none ? nil : 1,
            jobs: 2,
            computesDigest: true
        )
        let digest = try #require(try TreeArchiver.archive(tree, to: writer))
        #expect(try run("sha256sum", scratch("one")) == "\(digest)  \(scratch("one"))\n")
    }

    @Test func timesThatCpioCannotStateAreTheNearest() throws {
        let scratch = try TemporaryDirectory()
        let tree = try scratch.makeDirectory("tree")
        try run("touch", "--date=@-1", "\(tree)/early")
        try run("touch", "--date=@9000000000", "\(tree)/late")
        let writer = try ArchiveWriter(path: scratch("one"), layout: .newc)
        _ = try TreeArchiver.archive(tree, to: writer)
        let bytes = try Files.read(scratch("one"))
        for (name, time) in [("early", "00000000"), ("late", "ffffffff")] {
            // The name follows the header of 110 bytes, whose sixth number is the time.
            let place = try #require(bytes.firstRange(of: name.utf8)?.lowerBound)
            #expect(String(decoding: bytes[place - 64..<place - 56], as: UTF8.self) == time, "\(name)")
        }
    }

    @Test func whoDoesNotAskGetsNoDigest() throws {
        let scratch = try TemporaryDirectory()
        let writer = try ArchiveWriter(path: scratch("one"))
        #expect(try TreeArchiver.archive(scratch.makeDirectory("tree"), to: writer) == nil)
    }

    @Test func aLevelThatDoesNotExistIsRefused() throws {
        let scratch = try TemporaryDirectory()
        let error = #expect(throws: ImageError.self) {
            _ = try ArchiveWriter(path: scratch("one"), compression: .zstd, level: 40)
        }
        #expect(error?.message == "zstd has no compression level 40, only 1 to 22")
        #expect(!FileManager.default.fileExists(atPath: scratch("one")))
    }

    @Test func aFullDiskIsNamed() throws {
        let scratch = try TemporaryDirectory()
        let tree = try scratch.makeDirectory("tree")
        try run("sh", "-c", "head -c 3000000 /dev/urandom > \(tree)/noise")
        try run("ln", "-s", "/dev/full", scratch("link"))
        #expect(throws: ImageError.self) { try archive(tree, scratch("link")) }
        let error = #expect(throws: ImageError.self) { try archive(tree, "/dev/full") }
        #expect(error?.message == "cannot write /dev/full: No space left on device")
    }
}
