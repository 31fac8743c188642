import ComparisonEngine
import ComparisonWire
import Glibc
import Support
import System
import TestSupport
import Testing

/// Two outputs, made by shell scripts, and what is found to be different in them.
private final class Pair {
    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        for name in ["first", "second", "scratch"] { try directory.makeDirectory(name) }
    }

    /// Runs a script in each of both directories.
    func make(_ first: String, _ second: String) throws {
        for (name, script) in [("first", first), ("second", second)] {
            try runChecked(["sh", "-euc", script, name], in: directory(name))
        }
    }

    func compare(
        _ name: String = "",
        begun: Int = Int(Glibc.time(nil)),
        marks: [ComparisonRequest.Mark] = [],
        limit: Int = 100
    ) throws -> (differences: [Difference], count: Int) {
        let request = ComparisonRequest(
            first: Paths.join(directory("first"), name),
            second: Paths.join(directory("second"), name),
            scratch: directory("scratch"),
            limit: limit,
            begun: begun,
            marks: marks
        )
        var found: [Difference] = []
        let count = try OutputComparison.run(request) { found.append($0) }
        #expect(try Files.list(directory("scratch")).isEmpty)
        return (found, count)
    }
}

/// Sets the times of everything, so that only what a test is about differs.
private let settle = "\nfind . -exec touch -h -d @1000000000 {} +"

@Suite struct OutputComparisonTests {
    @Test("Equal directories, archives and files have no difference")
    func equal() throws {
        let pair = try Pair()
        let script = "mkdir a; echo x >a/b; ln -s b a/c; echo y | gzip -n >d.gz; tar -cf e.tar --sort=name a\(settle)"
        try pair.make(
            script + "; tar -cf e.tar --sort=name a\(settle)",
            script + "; tar -cf e.tar --sort=name a\(settle)"
        )
        #expect(try pair.compare().differences == [])
        #expect(try pair.compare("e.tar").count == 0)
        #expect(try pair.compare("d.gz").count == 0)
    }

    @Test(
        "Each property of an entry is told",
        arguments: [
            ("echo one >f", "echo two >f", Difference.Kind.content),
            ("echo one >f; chmod 600 f", "echo one >f; chmod 644 f", .mode),
            ("ln -s a f", "ln -s b f", .target),
            ("mkdir f", "echo >f", .type),
            ("touch f", ":", .onlyFirst),
            (":", "mkdir f", .onlySecond),
            ("touch f; setfattr -n user.x -v 1 f", "touch f", .attributes),
        ]
    )
    func properties(first: String, second: String, kind: Difference.Kind) throws {
        let pair = try Pair()
        try pair.make(first + settle, second + settle)
        let found = try pair.compare().differences
        #expect(found.map(\.kind) == [kind])
        #expect(found.map(\.path) == ["f"])
        // The same in an archive.
        let pack = "tar --xattrs --sort=name -cf ../packed.tar ."
        for name in ["first", "second"] {
            try runChecked(["sh", "-euc", pack.replacing("../", with: "../\(name)-")], in: pair.directory(name))
            try runChecked(["mv", pair.directory("\(name)-packed.tar"), Paths.join(pair.directory(name), "packed.tar")])
        }
        #expect(try pair.compare("packed.tar").differences.map(\.kind) == [kind])
    }

    @Test("The first different byte is reported, with what is around it, far behind in a large file too")
    func content() throws {
        let pair = try Pair()
        let fill = "head -c 700000 /dev/zero >f; printf 'before %s after' "
        try pair.make("\(fill) one >>f\(settle)", "\(fill) two >>f\(settle)")
        let found = try #require(try pair.compare("f").differences.first)
        #expect(found.offset == 700_007)
        #expect(found.first?.contains("before one after") == true, "\(found)")
        #expect(found.second?.contains("before two after") == true)
        #expect(found.hints.isEmpty)
    }

    @Test(
        "A time stamp is recognised",
        arguments: ["date +%s", "date +%s%N", "date +%T", "date +%Y-%m-%dT%H:%M", "date", "date +%s | PACK"]
    )
    func timeStamps(command: String) throws {
        let pack = "python3 -c 'import struct,sys; sys.stdout.buffer.write(struct.pack(\"<I\", int(input())))'"
        let pair = try Pair()
        let now = Int(time(nil))
        let script = command.replacing("PACK", with: pack)
        // The clock of the second build is a minute ahead: less might be the same minute.
        let shifted = script.replacing("date", with: "date -d '@\(now + 60)'")
        let early = script.replacing("date", with: "date -d '@\(now)'")
        try pair.make("{ echo made; \(early); } >f\(settle)", "{ echo made; \(shifted); } >f\(settle)")
        let hints = try pair.compare(begun: now).differences.flatMap(\.hints)
        #expect(hints.map(\.kind) == [.time], "\(hints)")
    }

    @Test("The same lines in another order, a path of the build, and a name that is another one each time are told")
    func hints() throws {
        let pair = try Pair()
        try pair.make(
            "printf 'A\\nB\\na\\nb\\n' >list; printf 'x\\0/work/src/a.c\\0y' >binary; echo >tmp.aB3dE9\(settle)",
            "printf 'a\\nA\\nb\\nB\\n' >list; printf 'x\\0/work/other/src/a.c\\0y' >binary; echo >tmp.Zq81xx\(settle)"
        )
        let mark = ComparisonRequest.Mark(
            first: "/work/src",
            second: "/work/other/src",
            title: "the path of the sources"
        )
        let found = try pair.compare(marks: [mark]).differences
        #expect(found.map(\.path) == ["binary", "list", "tmp.Zq81xx", "tmp.aB3dE9"].sorted { $0 < $1 })
        #expect(found.map { $0.hints.map(\.kind) } == [[.place], [.order], [.name], [.name]])
        #expect(found.first?.first == "/work/src/a.c")
        #expect(found.first?.offset == 2)
    }

    @Test("An archive in a tree, and one in an archive, is looked into", arguments: ["", "-z", "-J"])
    func inner(compression: String) throws {
        let pair = try Pair()
        let script = "mkdir t; echo WORD >t/f; touch -d @1 t t/f; tar \(compression) -cf in.tar t; rm -r t"
        let pack = "\(settle); tar --sort=name -cf out.tar in.tar\(settle)"
        try pair.make(script.replacing("WORD", with: "one") + pack, script.replacing("WORD", with: "two") + pack)
        let found = try #require(try pair.compare("out.tar").differences.first)
        #expect(found.path == "in.tar" && found.inner == "t/f" && found.kind == .content, "\(found)")
        let both = try pair.compare().differences
        #expect(both.map(\.path) == ["in.tar", "out.tar"])
        #expect(both.map(\.inner) == ["t/f", "in.tar/t/f"])
    }

    @Test("The order of an archive's entries is reported, and what else differs in them")
    func order() throws {
        let pair = try Pair()
        let script = "echo 1 >a; echo 2 >b; echo WORD >c; touch -d @1 a b c"
        try pair.make(
            script.replacing("WORD", with: "3") + "; tar -cf x.tar b a c; rm a b c" + settle,
            script.replacing("WORD", with: "4") + "; tar -cf x.tar c a b; rm a b c" + settle
        )
        let found = try pair.compare().differences
        #expect(found.map(\.kind) == [.content, .order], "\(found)")
        #expect(found.map(\.inner) == ["c", nil])
        #expect(found.last?.first == "b" && found.last?.second == "c")
        #expect(found.last?.hints.map(\.kind) == [.order])
    }

    @Test("Other bytes around the same content are told")
    func packing() throws {
        let pair = try Pair()
        let script = "echo x >a; touch -d @1 a; tar -cf a.tar a; rm a; gzip -LEVEL -n a.tar"
        try pair.make(script.replacing("LEVEL", with: "1") + settle, script.replacing("LEVEL", with: "9") + settle)
        #expect(try pair.compare("a.tar.gz").differences.map(\.kind) == [.packing])
    }

    @Test("Differences beyond the limit are counted")
    func limit() throws {
        let pair = try Pair()
        try pair.make(
            "for i in $(seq 50); do echo $i >$i; done\(settle)",
            "for i in $(seq 50); do echo x >$i; done\(settle)"
        )
        let (found, count) = try pair.compare(limit: 7)
        #expect(found.count == 7)
        #expect(count == 50)
    }
}
