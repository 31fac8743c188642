import Execution
import Glibc
import Support
import System
import TestSupport
import Testing

/// Techniques that have led out of containers, tried in a sandbox as builds make it, against targets of the test's own.
@Suite(.serialized) struct EscapeTests {
    static let users = TestUser.available

    @Test("No technique leads out of a hardened sandbox", arguments: Soak.isEnabled ? users : [users[0]])
    func techniques(user: TestUser) throws {
        let place = try EscapePlace(user: user)
        let outcomes = try place.outcomes(["--harden", "--unshare-net"])
        var expected = EscapeOutcomes.expected
        if user != .root { expected.merge(EscapeOutcomes.ofOrdinaryUsers) { $1 } }
        try place.check(outcomes, expected)
    }

    @Test(
        "With the host's network its sockets are hidden, and nothing else changes",
        arguments: Soak.isEnabled ? users : []
    )
    func sharedNetwork(user: TestUser) throws {
        let place = try EscapePlace(user: user)
        let outcomes = try place.outcomes(["--harden"])
        var expected = EscapeOutcomes.expected.merging(EscapeOutcomes.ofSharedNetwork) { $1 }
        if user != .root { expected.merge(EscapeOutcomes.ofOrdinaryUsers) { $1 } }
        try place.check(outcomes, expected)
    }

    @Test("Without hardening some techniques do lead out, so the suite is able to fail")
    func controls() throws {
        let place = try EscapePlace(user: Self.users[0])
        let outcomes = try place.outcomes(
            ["--unshare-net"],
            only: ["remount_bind", "unmount_read_only", "ring", "key_add"]
        )
        for name in ["remount_bind", "unmount_read_only"] { #expect(outcomes[name] == "done", "\(name)") }
        #expect(outcomes["key_add"] == "done" || outcomes["key_add"] == "ENOSYS")
    }

    @Test("What a hardened sandbox exposes is explained", arguments: users)
    func explanation(user: TestUser) throws {
        let place = try EscapePlace(user: user)
        let open = try SandboxProgram(user: user)(place.options + ["--explain"])
        #expect(open.succeeded && open.output.contains("Overall exposure: EXPOSED"), "\(open)")
        #expect(open.output.contains("✗ readable") && open.output.contains("which the command can make writable"))
        let closed = try SandboxProgram(user: user)(
            place.options + ["--harden", "--no-new-privs", "--unshare-net", "--explain", "--", "no-such-command"]
        )
        #expect(closed.succeeded && closed.output.contains("Overall exposure: OK"), "\(closed)")
        #expect(!closed.output.contains("✗"), "\(closed)")
        for text in ["locked read-only", "set-user-ID programs  have no effect", "/rw is ", "keyctl", "network"] {
            #expect(closed.output.contains(text), "\(text): \(closed)")
        }
    }
}

/// The explanation against what the kernel says of the same sandbox.
@Suite(.serialized) struct ExplanationTests {
    /// File systems that the sandbox has made itself.
    private static let own: Set<String> = ["tmpfs", "proc", "sysfs", "devpts", "mqueue"]

    @Test("Every mount of the host is in the explanation, as what it is", arguments: EscapeTests.users)
    func mounts(user: TestUser) throws {
        let place = try EscapePlace(user: user)
        let options = place.options + ["--harden", "--unshare-net"]
        let explained = try SandboxProgram(user: user)(options + ["--explain"])
        let mounted = try SandboxProgram(user: user)(options + ["--", "cat", "/proc/self/mountinfo"])
        #expect(explained.succeeded && mounted.succeeded, "\(explained) \(mounted)")
        var found: [Bool] = []
        for line in mounted.outputLines {
            // Proc, mountinfo: ID PARENT DEVICE ROOT POINT OPTIONS [FIELDS] - TYPE SOURCE OPTIONS.
            let words = line.split(separator: " ").map(String.init)
            guard words.count > 6, let mark = words.firstIndex(of: "-"), mark + 1 < words.count else { continue }
            let (point, isReadOnly) = (words[4], words[5].split(separator: ",").contains("ro"))
            // Device nodes are in a table of their own.
            if Self.own.contains(words[mark + 1]) || point.hasPrefix("/dev") { continue }
            if words[3] == "/null" {
                let isNamed = explained.outputLines.contains { $0.contains("kernel files") && $0.contains(point) }
                #expect(isNamed, "\(line) is not explained: \(explained.output)")
                continue
            }
            found.append(isReadOnly)
            let kind = isReadOnly ? "readable" : "writable"
            let isThere = explained.outputLines.contains { $0.contains(kind) && $0.contains("\(point) is ") }
            #expect(isThere, "\(line) is not explained: \(explained.output)")
        }
        #expect(found.contains(true) && found.contains(false), "\(mounted)")
    }
}

/// Files, a process, a socket and queues of the host that techniques aim at.
final class EscapePlace {
    let directory: TemporaryDirectory
    let user: TestUser
    private let program: String
    private let targets: EscapeTargets

    init(user: TestUser) throws {
        // On a disk: a file system in memory has nothing to trim.
        directory = try TemporaryDirectory(below: "/var/tmp", openToAll: true)
        self.user = user
        program = directory("escapes")
        let source = Paths.join(Stage.packageRoot, "Tests/Fixtures/escapes.c")
        try runChecked(["cc", "-O1", "-o", program, source])
        chmod(program, 0o755)
        for name in ["read-only", "writable"] {
            try directory.makeDirectory(name)
            chmod(directory(name), 0o777)
        }
        try directory.write("original\n", to: "read-only/file", mode: 0o666)
        try directory.write("secret\n", to: "canary", mode: 0o644)
        if user != .root, TestUser.isRoot {
            try runChecked([
                "chown", "-R", "\(TestUser.id):\(TestUser.id)", directory("read-only"), directory("writable"),
            ])
        }
        targets = try EscapeTargets(canary: directory("canary"))
    }

    /// The tree of a build: the host's programs, a directory to read and one to write.
    var options: [String] {
        bareSystem + [
            "--sys", "/sys", "--tmpfs", "/tmp", "--become-root", "--ro-bind", directory("read-only"), "/ro", "--bind",
            directory("writable"), "/rw", "--ro-bind", program, "/escapes",
        ]
    }

    /// Runs all techniques, or some, and returns how each ended.
    func outcomes(_ more: [String], only: [String] = []) throws -> [String: String] {
        var text = ""
        let variables = targets.variables + ["RO=/ro", "RW=/rw"]
        for words in only.isEmpty ? [[]] : only.map({ [$0] }) {
            let result = try SandboxProgram(user: user)(
                options + more + ["--", "/bin/sh", "-c", "exec /escapes \"$@\" </dev/null", "sh"] + words,
                environment: plainEnvironment + variables
            )
            #expect(result.succeeded, "\(result)")
            text += result.output
        }
        return EscapeTargets.outcomes(text)
    }

    /// Compares outcomes with what is expected, and looks whether everything outside is as it was.
    func check(_ outcomes: [String: String], _ expected: [String: Set<String>]) throws {
        #expect(outcomes.count >= 60)
        for (name, outcome) in outcomes {
            let wanted = expected[name]
            #expect(wanted?.contains(outcome) == true, "\(name) ended with \(outcome), not \(wanted ?? [])")
        }
        #expect(Set(expected.keys) == Set(outcomes.keys))
        #expect(try Files.list(directory("read-only")) == ["file"])
        #expect(try Files.readText(directory("read-only/file")) == "original\n")
        #expect(try Files.readText(directory("canary")) == "secret\n")
        #expect(try run(["uname", "-n"]).output != "escaped\n")
        #expect(getpriority(__priority_which_t(0), 0) < 19)
    }
}
