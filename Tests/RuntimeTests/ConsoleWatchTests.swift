import Testing

@testable import Runtime

/// What a console has to show, and reports of it.
@Suite
struct ConsoleWatchTests {
    private static func watch(_ goal: String?, _ expected: [String] = [], _ console: String...) -> ConsoleWatch {
        var watch = ConsoleWatch(goal: goal.map(ConsoleWatch.Goal.init), expected: expected)
        for part in console { watch.read(part.utf8) }
        return watch
    }

    @Test func goals() {
        #expect(ConsoleWatch.Goal("multi-user.target") == .unit("multi-user.target"))
        #expect(ConsoleWatch.Goal("box login:") == .text("box login:"))
        #expect(Self.watch("box login:", [], "Debian\r\n\r\nbox log", "in: ").isSatisfied)
        #expect(Self.watch("box login:", ["box"], "box log", "in: ").isSatisfied)
        #expect(!Self.watch(nil, ["box", "box"], "box log", "in: ").isSatisfied)
        let green =
            "[\u{1b}[0;32m  OK  \u{1b}[0m] Reached target \u{1b}[0;1;39mmulti-user.target\u{1b}[0m - Multi-User.\r\n"
        #expect(Self.watch("multi-user.target", [], green).isSatisfied)
        #expect(!Self.watch("user.target", [], green).isSatisfied)
        #expect(!Self.watch("ssh.service", [], "Starting ssh.service - x\n").isDecided)
        let failed = Self.watch("ssh.service", [], "[FAILED] Failed to start ssh.service - x.\n")
        #expect(failed.isDecided && !failed.isSatisfied && failed.checks.first?.failure == "ssh.service has failed")
    }

    @Test("Lines are expected in their order")
    func expected() {
        #expect(Self.watch(nil, ["a", "b"], "xa\ny", "b\n").isSatisfied)
        #expect(!Self.watch(nil, ["a", "b"], "b\na\n").isSatisfied)
        #expect(Self.watch(nil, ["a", "a"], "a a").isSatisfied && !Self.watch(nil, ["a", "a"], "a", " ").isSatisfied)
        let watch = Self.watch("end", ["one", "two", "three"], "one\nend\n")
        #expect(!watch.isDecided && watch.checks.map { $0.failure != nil } == [false, false, true, true])
    }

    @Test("Reports escape what machines write")
    func reports() {
        let check = ConsoleWatch.Check(name: "showed <a> & \"b\" #c", failure: "x\u{1b}[31m")
        let report = BootReport(image: "i", checks: [check], seconds: 1.005, console: Array("a\u{0}\u{1b}<b>".utf8))
        #expect(report.junit.contains("name=\"showed &lt;a&gt; &amp; &quot;b&quot; #c\""))
        #expect(report.junit.contains("failures=\"1\"") && report.junit.contains("<system-out>a&lt;b&gt;</system-out>"))
        #expect(report.junit.contains("time=\"1.005\""))
        #expect(!report.junit.contains("\u{1b}") && report.tap.contains("not ok 1 - showed <a> & \"b\" \\#c\n"))
    }
}
