import Execution
import Glibc
import Support
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
        #expect(result.seconds < 10)
    }

    @Test func theFolderGoesAfterTheStepsInReverse() throws {
        var folder: TemporaryFolder? = try TemporaryFolder()
        let path = try #require(folder?.path)
        try folder?.write("x", to: "deep/er/file")
        chmod("\(path)/deep", 0)
        var order: [Int] = []
        folder?.atEnd { order.append(Files.exists(path) ? 1 : -1) }
        folder?.atEnd { order.append(2) }
        folder = nil
        #expect(order == [2, 1])
        #expect(!Files.exists(path))
    }

    @Test func equalTreesHaveNoDifferenceAndOthersDo() throws {
        let folder = try TemporaryFolder()
        for name in ["a", "b"] {
            try folder.write("same", to: "\(name)/one")
            try folder.write("text", to: "\(name)/two")
            symlink("one", folder("\(name)/link"))
            link(folder("\(name)/one"), folder("\(name)/other"))
        }
        #expect(try treeDifference(folder("a"), folder("b"), [.owners, .attributes, .hardLinks]) == [])
        try folder.write("TEXT", to: "b/two", mode: 0o4755)
        unlink(folder("b/link"))
        symlink("two", folder("b/link"))
        unlink(folder("b/other"))
        try folder.write("same", to: "b/other")
        try folder.write("", to: "b/new")
        let lines = try treeDifference(folder("a"), folder("b"), [.hardLinks])
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
        #expect(try treeDifference(folder("a"), folder("b"), [], ignoring: ["link", "new", "two"]) == [])
    }

    @Test(.enabled(if: TestUser.isRoot, "only root can play other users"))
    func ordinaryUsersAreOrdinary() throws {
        let folder = try TemporaryFolder(openToAll: true)
        let script = "id -u; id -un; echo $HOME; cat /etc/subuid; unshare --user --map-auto true 2>&1 | tail -1"
        let with = try run(TestUser.ordinaryWithRange.command(["/bin/sh", "-c", script], home: folder.path))
        #expect(with.outputLines == ["61234", "mkosi-test", folder.path, "mkosi-test:1000000:65536"], "\(with)")
        let without = try run(TestUser.ordinary.command(["/bin/sh", "-c", script], home: folder.path))
        #expect(without.outputLines.prefix(3) == ["61234", "mkosi-test", folder.path])
        #expect(without.outputLines.count == 4, "\(without)")
    }
}
