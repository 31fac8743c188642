import Execution
import Glibc
import Support
import System
import TestSupport
import Testing

@Suite(.serialized) struct DeathTests {
    private func start(_ words: [String], user: TestUser = TestUser.available[0]) throws -> ChildProcess {
        let command = user.command([try SandboxProgram.path] + words, home: "/tmp")
        return try ChildProcess(
            ChildProcess.Plan(
                path: Paths.findProgram(command[0]) ?? command[0],
                arguments: Array(command.dropFirst()),
                environment: plainEnvironment,
                descriptors: [0, 1, 2]
            )
        )
    }

    @Test(arguments: [SIGTERM, SIGINT, SIGHUP, SIGQUIT]) func aSignalEndsAllInside(number: Int32) throws {
        let mark = "98\(getpid())\(number)"
        var child = try start(["--", "sh", "-c", "sleep \(mark) & setsid sleep \(mark) & wait"])
        #expect(eventually { processes(with: mark).count >= 4 })
        kill(child.pid, number)
        #expect(child.wait(milliseconds: 20_000) == .exited(128 + number))
        #expect(eventually { processes(with: mark).isEmpty })
    }

    @Test func aDeafCommandIsKilled() throws {
        let mark = "97\(getpid())"
        var child = try start(["--", "sh", "-c", "trap '' TERM; while :; do sleep \(mark); done"])
        #expect(eventually { processes(with: mark).count >= 3 })
        usleep(200_000)
        kill(child.pid, SIGTERM)
        usleep(200_000)
        kill(child.pid, SIGTERM)
        #expect(child.wait(milliseconds: 4000) == .exited(143))
        #expect(eventually { processes(with: mark).isEmpty })
    }

    @Test func otherSignalsReachTheCommand() throws {
        let directory = try TemporaryDirectory(openToAll: true)
        let script =
            "trap 'echo got > \(directory("got"))' USR1; touch \(directory("ready")); while ! test -e \(directory("got")); do sleep 0.05; done; exit 6"
        var child = try start(["--", "sh", "-c", script])
        #expect(eventually { Files.exists(directory("ready")) })
        kill(child.pid, SIGUSR1)
        #expect(child.wait(milliseconds: 10_000) == .exited(6))
    }

    @Test func whatTheCommandLeavesBehindIsEnded() throws {
        let mark = "96\(getpid())"
        let result = try SandboxProgram().shell([], "sleep \(mark) & setsid sleep \(mark) & exit 3")
        #expect(result.status == .exited(3))
        #expect(eventually { processes(with: mark).isEmpty })
    }

    /// The parent is killed, or mkosi-sandbox itself, at moments from before the namespaces exist to long after.
    @Test(arguments: TestUser.available, [true, false])
    func nothingSurvivesASuddenDeath(user: TestUser, ofTheParent: Bool) throws {
        let directory = try TemporaryDirectory(openToAll: true)
        let before = try Files.readText("/proc/self/mountinfo")
        for moment in 0..<20 {
            let mark = "95\(getpid())\(moment)\(user == .root ? 1 : 2)"
            let words =
                [try SandboxProgram.path] + bareSystem + [
                    "--become-root", "--bind", directory.path, "/x", "--", "sh", "-c",
                    "sleep \(mark) & setsid sleep \(mark) & wait",
                ]
            let script = ofTheParent ? "\"$@\"; true" : "exec \"$@\""
            let command = user.command(["/bin/sh", "-c", script, "sh"] + words, home: "/tmp")
            var child = try ChildProcess(
                ChildProcess.Plan(
                    path: Paths.findProgram(command[0]) ?? command[0],
                    arguments: Array(command.dropFirst()),
                    environment: plainEnvironment,
                    descriptors: [0, 1, 2]
                )
            )
            usleep(UInt32(moment) * 2500)
            kill(child.pid, SIGKILL)
            _ = child.wait(milliseconds: 10_000)
            #expect(eventually { processes(with: mark).isEmpty }, "moment \(moment)")
        }
        #expect(try Files.readText("/proc/self/mountinfo") == before)
    }
}
