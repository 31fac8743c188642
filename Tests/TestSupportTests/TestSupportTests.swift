import Execution
import Glibc
import Support
import System
import TestSupport
import Testing

@Suite struct TestSupportTests {
    @Test func aCommandIsCollected() throws {
        let result = try run(["/bin/sh", "-c", "cat; echo wrong >&2; exit 3"], input: "in\n")
        #expect(result.output == "in\n")
        #expect(result.errors == "wrong\n")
        #expect(result.status == .exited(3))
        #expect(!result.timedOut)
    }

    @Test func aCommandThatHangsIsKilled() throws {
        let result = try run(["/bin/sh", "-c", "echo begun; sleep 60"], limit: 0.5)
        #expect(result.timedOut)
        #expect(result.output == "begun\n")
    }

    @Test func theDirectoryGoesAfterTheStepsInReverse() throws {
        var directory: TemporaryDirectory? = try TemporaryDirectory()
        let path = try #require(directory?.path)
        try directory?.write("x", to: "deep/er/file")
        chmod("\(path)/deep", 0)
        var order: [Int] = []
        directory?.atEnd { order.append(Files.exists(path) ? 1 : -1) }
        directory?.atEnd { order.append(2) }
        directory = nil
        #expect(order == [2, 1])
        #expect(!Files.exists(path))
    }

    @Test func equalTreesHaveNoDifferenceAndOthersDo() throws {
        let directory = try TemporaryDirectory()
        for name in ["a", "b"] {
            try directory.write("same", to: "\(name)/one")
            try directory.write("text", to: "\(name)/two")
            symlink("one", directory("\(name)/link"))
            link(directory("\(name)/one"), directory("\(name)/other"))
        }
        #expect(try treeDifference(directory("a"), directory("b"), [.owners, .attributes, .hardLinks]) == [])
        try directory.write("TEXT", to: "b/two", mode: 0o4755)
        unlink(directory("b/link"))
        symlink("two", directory("b/link"))
        unlink(directory("b/other"))
        try directory.write("same", to: "b/other")
        try directory.write("", to: "b/new")
        let lines = try treeDifference(directory("a"), directory("b"), [.hardLinks])
        #expect(
            lines == [
                "link: target one != two",
                "new: only in the second",
                "one: same file as one != none",
                "other: same file as one != none",
                "two: content differs",
                "two: mode 644 != 4755",
            ]
        )
        #expect(try treeDifference(directory("a"), directory("b"), [], ignoring: ["link", "new", "two"]) == [])
    }

    @Test(.needsRoot)
    func ordinaryUsersAreOrdinary() throws {
        let directory = try TemporaryDirectory(openToAll: true)
        let script = "id -u; id -un; echo $HOME; cat /etc/subuid; unshare --user --map-auto true 2>&1 | tail -1"
        let with = try run(TestUser.ordinaryWithRange.command(["/bin/sh", "-c", script], home: directory.path))
        #expect(with.outputLines == ["61234", "mkosi-test", directory.path, "mkosi-test:1000000:65536"], "\(with)")
        let without = try run(TestUser.ordinary.command(["/bin/sh", "-c", script], home: directory.path))
        #expect(without.outputLines.prefix(3) == ["61234", "mkosi-test", directory.path])
        #expect(without.outputLines.count == 4, "\(without)")
    }
}
