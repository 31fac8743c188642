import CFiles
import Glibc
import LayerStore
import Support
import System
import TestSupport
import Testing

@Suite struct TreeManifestTests {
    private static func manifest(_ path: String, as subject: TreeManifest.Subject = .source) throws -> TreeManifest {
        var index = TreeIndex()
        return try TreeManifest(of: path, as: subject, index: &index)
    }

    private static func setTime(_ seconds: Int, _ path: String) {
        let time = timespec(tv_sec: seconds, tv_nsec: 0)
        #expect(utimensat(AT_FDCWD, path, [time, time], AT_SYMLINK_NOFOLLOW) == 0)
    }

    /// A tree of every kind of entry that an image can have without being root.
    private static func makeTree(_ directory: TemporaryDirectory, _ name: String) throws -> String {
        try directory.write("hello", to: "\(name)/a/file")
        try directory.write("", to: "\(name)/a b/empty\n")
        #expect(symlink("a/file", directory("\(name)/link")) == 0)
        #expect(mkfifo(directory("\(name)/pipe"), 0o600) == 0)
        for entry in ["a/file", "a b/empty\n", "link", "pipe"] { setTime(1000, directory("\(name)/\(entry)")) }
        return directory(name)
    }

    @Test func equalTreesHaveEqualDigestsWhereverTheyAre() throws {
        let directory = try TemporaryDirectory()
        let one = try Self.manifest(Self.makeTree(directory, "one"))
        let two = try Self.manifest(Self.makeTree(directory, "two"))
        #expect(one.digest == two.digest)
        #expect(one.entries == 7)
        #expect(one.size == 5)
    }

    @Test("of a tree's link, what it leads to in the tree is digested")
    func linksOfATree() throws {
        let directory = try TemporaryDirectory()
        for name in ["one", "two"] {
            try directory.write(name, to: "tree/etc/mkosi-\(name)")
            #expect(symlink("/etc/mkosi-\(name)", directory("tree/link")) == 0)
            Self.setTime(1000, directory("tree/etc/mkosi-\(name)"))
            rename(directory("tree/link"), directory("tree/to-\(name)"))
        }
        func digest(_ path: String) throws -> String {
            let seal = TreeSeal(measures: [TreeSeal.Measure(path, in: directory("tree"), as: .layer)])
            let measures = try seal.measure()
            return try #require(measures.first).digest
        }
        #expect(try digest("/to-one") == digest("/etc/mkosi-one"))
        #expect(try digest("/to-two") != digest("/to-one"))
        #expect(throws: SystemCallError.self) { try digest("/etc/passwd") }
    }

    @Test(arguments: ["content", "mode", "time", "name", "link", "removal", "addition"])
    func everyChangeChangesTheDigest(_ change: String) throws {
        let directory = try TemporaryDirectory()
        let tree = try Self.makeTree(directory, "tree")
        let before = try Self.manifest(tree).digest
        switch change {
        case "content":
            try directory.write("hallo", to: "tree/a/file")
            Self.setTime(1000, directory("tree/a/file"))
        case "mode": #expect(chmod(directory("tree/a/file"), 0o755) == 0)
        case "time": Self.setTime(1001, directory("tree/a/file"))
        case "name": #expect(rename(directory("tree/a"), directory("tree/b")) == 0)
        case "link":
            unlink(directory("tree/link"))
            #expect(symlink("a/fila", directory("tree/link")) == 0)
            Self.setTime(1000, directory("tree/link"))
        case "removal": unlink(directory("tree/pipe"))
        default: try directory.makeDirectory("tree/c")
        }
        #expect(try Self.manifest(tree).digest != before)
    }

    @Test func theIndexSavesReadingAndNeverHidesAChange() throws {
        let directory = try TemporaryDirectory()
        for number in 0..<50 { try directory.write("file \(number)", to: "tree/\(number)") }
        // What changed a moment ago may change again within the same tick of the file system's clock.
        usleep(2_100_000)
        var index = TreeIndex()
        let first = try TreeManifest(of: directory("tree"), as: .source, index: &index)
        try index.write(to: directory("index"))
        #expect(first.read == 50)

        var second = TreeIndex(file: directory("index"))
        let again = try TreeManifest(of: directory("tree"), as: .source, index: &second)
        #expect(again.read == 0)
        #expect(again.digest == first.digest)

        // The same size and the same time of modification: only the kernel's own time tells.
        var status = stat()
        #expect(stat(directory("tree/7"), &status) == 0)
        let file = open(directory("tree/7"), O_WRONLY)
        #expect(write(file, "F", 1) == 1)
        #expect(futimens(file, [status.st_atim, status.st_mtim]) == 0)
        close(file)
        var third = TreeIndex(file: directory("index"))
        let changed = try TreeManifest(of: directory("tree"), as: .source, index: &third)
        #expect(changed.read == 1)
        #expect(changed.digest != first.digest)
    }

    @Test func aDamagedIndexCountsAsNone() throws {
        let directory = try TemporaryDirectory()
        try directory.write("text", to: "tree/file")
        try directory.write("1 2 three\n\u{0}\u{1} x y z a b c\n", to: "index")
        var index = TreeIndex(file: directory("index"))
        #expect(try TreeManifest(of: directory("tree"), as: .source, index: &index).read == 1)
    }

    @Test(
        "Names and targets that look alike where bytes are told by numbers are told apart",
        arguments: [([0x01, 0x32], [0x0a]), ([0xff], [0xfe]), ([0xff], [0xef, 0xbf, 0xbd]), ([0x5c, 0x31], [0x01])]
    )
    func alike(one: [UInt8], other: [UInt8]) throws {
        let directory = try TemporaryDirectory()
        func digest(_ name: String, _ bytes: [UInt8]) throws -> String {
            try directory.makeDirectory(name)
            #expect(symlink(bytes.map(CChar.init(bitPattern:)) + [0], directory("\(name)/link")) == 0)
            Self.setTime(1000, directory("\(name)/link"))
            if let text = String(validating: bytes, as: UTF8.self) {
                try directory.write("", to: "\(name)/\(text)")
                Self.setTime(1000, directory("\(name)/\(text)"))
            }
            return try Self.manifest(directory(name)).digest
        }
        #expect(try digest("one", one) != digest("other", other))
    }

    /// What is changed about a tree, and whose manifests see it: s(ource), c(opy), l(ayer), r(esult).
    @Test(
        "Each manifest records what reaches the image, and nothing else",
        arguments: [
            ("chmod 600 a/file", "sclr"), ("chmod 700 a", "sclr"), ("touch -d @900 a/file", "sclr"),
            ("touch -h -d @900 link", "sclr"), ("touch -d @900 a", "clr"), ("touch -d @900 pipe", "sclr"),
            ("mark a/file", "sclr"), ("mark a", "sclr"),
            ("chown 7:8 a/file", "slr"), ("chown -h 7:8 link", "slr"), ("chown 7 a", "slr"),
            ("ln -f a/file a/twin; touch -d @1000 a", "sclr"),
            ("rm pipe; mkfifo -m 600 pipe; touch -d @1000 pipe .", ""),
            ("touch -d @3000 a/twin", "sl"), ("touch -d @3000 a", "clr"), ("touch -d @2000.5 a/twin", "sl"),
            ("echo hallo > ../new; cat ../new > a/file; touch -d @1000 a/file", "sclr"), ("true", ""),
        ]
    )
    func subjects(change: String, seen: String) throws {
        if change.hasPrefix("chown"), getuid() != 0 { return }
        let directory = try TemporaryDirectory()
        let tree = try Self.makeTree(directory, "tree")
        try directory.write("hello", to: "tree/a/twin")
        Self.setTime(2000, directory("tree/a/twin"))
        for name in ["a", "a b", "."] { Self.setTime(1000, directory("tree/\(name)")) }
        func digests() throws -> [Character: String] {
            let subjects: [(Character, TreeManifest.Subject)] = [
                ("s", .source), ("c", .copy), ("l", .layer), ("r", .result),
            ]
            return try Dictionary(
                uniqueKeysWithValues: subjects.map { letter, subject in
                    var index = TreeIndex()
                    return (letter, try TreeManifest(of: tree, as: subject, latest: 2000, index: &index).digest)
                }
            )
        }
        if change.hasPrefix("ln") {
            Self.setTime(1000, directory("tree/a/twin"))
            Self.setTime(1000, directory("tree/a"))
        }
        let before = try digests()
        if change.hasPrefix("mark ") {
            #expect(setxattr("\(tree)/\(change.dropFirst(5))", "user.mark", "x", 1, 0) == 0)
        } else {
            try runChecked(["sh", "-euc", change], in: tree)
        }
        let after = try digests()
        let noticed = "sclr".filter { before[$0] != after[$0] }
        #expect(noticed == seen)
    }

    @Test("Holes are not read, and do not change what a tree is")
    func holes() throws {
        let directory = try TemporaryDirectory()
        let megabyte = String(repeating: "\0", count: 1 << 20)
        try directory.write("begin" + megabyte + "end", to: "full/file")
        try directory.makeDirectory("holes")
        try runChecked(["cp", "--sparse=always", directory("full/file"), directory("holes/file")])
        try directory.write("begin" + megabyte + "emd", to: "other/file")
        for name in ["full", "holes", "other"] {
            for path in ["\(name)/file", name] { Self.setTime(1000, directory(path)) }
        }
        #expect(try Self.manifest(directory("full")).digest == Self.manifest(directory("holes")).digest)
        #expect(try Self.manifest(directory("full")).digest != Self.manifest(directory("other")).digest)
        // To read it would take longer than any test may.
        try runChecked(["truncate", "-s", "4T", directory("holes/file")])
        var read = 0
        var index = TreeIndex()
        let large = try TreeManifest(of: directory("holes"), as: .source, index: &index, onRead: { read += $0 })
        #expect(read < 1 << 20 && large.size == 4 << 40)
    }

    @Test("A large file is known by the time of its last change where that is enough")
    func largeFiles() throws {
        let directory = try TemporaryDirectory()
        try directory.write(String(repeating: "x", count: 5000), to: "tree/large")
        func digest() throws -> (String, Int) {
            var index = TreeIndex()
            let manifest = try TreeManifest(of: directory("tree"), as: .source, index: &index, contentLimit: 4096)
            return (manifest.digest, manifest.read)
        }
        let before = try digest()
        #expect(before.1 == 0)
        #expect(try digest() == before)
        Self.setTime(1000, directory("tree/large"))
        #expect(try digest().0 != before.0)
    }

    @Test func aTreeThatIsNotThereIsNamed() {
        let error = #expect(throws: TreeManifestError.self) { try Self.manifest("/nonexistent/tree") }
        #expect(error?.message.contains("/nonexistent/tree") == true)
    }
}
