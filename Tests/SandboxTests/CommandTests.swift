import Execution
import Glibc
import Support
import System
import TestSupport
import Testing

@Suite struct CommandTests {
    let sandbox = SandboxProgram()

    @Test func exitCodesAreTheCommands() throws {
        #expect(try sandbox(["--", "true"]).status == .exited(0))
        #expect(try sandbox.shell([], "exit 7").status == .exited(7))
        #expect(try sandbox.shell([], "kill -9 $$").status == .exited(137))
        #expect(try sandbox.shell([], "kill -SEGV $$").status == .exited(139))
    }

    @Test func aCommandThatCannotStartIsExplained() throws {
        let absent = try sandbox(["--", "no-such-program"])
        #expect(absent.status == .exited(127))
        #expect(absent.errors.contains("\"no-such-program\" does not exist in the sandbox."))
        #expect(absent.errors.contains("hint: searched in /usr/local/sbin:"))

        let refused = try sandbox(["--", "/etc/passwd"])
        #expect(refused.status == .exited(126))
        #expect(refused.errors.contains("execve(\"/etc/passwd\"): Permission denied."))

        let directory = try TemporaryDirectory(openToAll: true)
        let script = try directory.write("#!/no/such/interpreter\n", to: "script", mode: 0o755)
        let orphaned = try sandbox(["--", script])
        #expect(orphaned.status == .exited(127))
        #expect(orphaned.errors.contains("hint: its interpreter or loader does not exist"))
    }

    @Test func aFailedSetUpNamesCallPathAndReason() throws {
        let result = try sandbox(["--bind", "/no/such/thing", "/x", "--", "true"])
        #expect(result.status == .exited(125))
        #expect(result.errors.contains("open_tree(\"/no/such/thing\"): No such file or directory."))
        #expect(result.errorLines.count == 1)

        let foreign = try sandbox(["--bind-foreign", "/", "/x", "--", "true"])
        #expect(foreign.status == .exited(125))
        #expect(foreign.errors.contains("hint:"))
    }

    @Test func theEnvironmentIsPassedOnWithChanges() throws {
        let result = try sandbox(
            ["--setenv", "A", "new", "--unsetenv", "B", "--setenv", "C", "x=y", "--", "/usr/bin/env"],
            environment: ["A=old", "B=gone", "AB=stays"]
        )
        #expect(result.outputLines.sorted() == ["A=new", "AB=stays", "C=x=y"])
    }

    @Test func theProgramIsSearchedInThePathOfTheSandbox() throws {
        let directory = try TemporaryDirectory(openToAll: true)
        try directory.write("#!/bin/sh\necho own\n", to: "bin/id", mode: 0o755)
        let result = try sandbox(["--setenv", "PATH", directory("bin") + ":/usr/bin:/bin", "--", "id"])
        #expect(result.output == "own\n")
    }

    @Test func theWorkingDirectoryIsChosen() throws {
        #expect(try sandbox(["--", "pwd"], in: "/usr/lib").output == "/usr/lib\n")
        #expect(try sandbox(bareSystem + ["--", "pwd"], in: "/usr/lib").output == "/\n")
        #expect(try sandbox(bareSystem + ["--same-dir", "--", "pwd"], in: "/usr/lib").output == "/usr/lib\n")
        #expect(try sandbox(bareSystem + ["--chdir", "/usr/bin", "--", "pwd"], in: "/").output == "/usr/bin\n")
        let missing = try sandbox(bareSystem + ["--chdir", "/nowhere", "--", "pwd"])
        #expect(missing.status == .exited(125))
        #expect(missing.errors.contains("chdir(\"/nowhere\"): No such file or directory."))
    }

    @Test func optionsComeFromADescriptor() throws {
        let directory = try TemporaryDirectory(openToAll: true)
        let file = try directory.write("--setenv\0NAME\0two words\0--write\0a\nb\0/file\0", to: "options")
        let script =
            "exec \"$1\" --bind / / --tmpfs /tmp --chdir /tmp --options-from-fd 9 -- sh -c 'echo $NAME' 9<\"$2\""
        var program = sandbox
        program.home = directory.path
        let options = try directory.write("--setenv\0NAME\0two words\0--write\0a\nb\0/tmp/f\0", to: "more")
        _ = file
        let command = program.user.command(
            ["/bin/sh", "-c", script, "sh", try SandboxProgram.path, options],
            home: directory.path
        )
        let result = try run(command)
        #expect(result.output == "two words\n", "\(result)")
    }

    @Test func inheritedDescriptorsArePackedAndAnnounced() throws {
        let script = """
            exec "$1" --pack-fds -- sh -c 'echo $LISTEN_FDS; test $LISTEN_PID = $$ && cat <&3 && cat <&4' \
                8</etc/hostname 5</etc/passwd
            """
        let command = sandbox.user.command(["/bin/sh", "-c", script, "sh", try SandboxProgram.path], home: "/tmp")
        let result = try run(command)
        let expected = try "2\n" + Files.readText("/etc/passwd") + Files.readText("/etc/hostname")
        #expect(result.status == .exited(0), "\(result)")
        #expect(result.output.hasPrefix("2\nroot:"))
        #expect(sandbox.user != .root || result.output == expected)
    }

    @Test func helpNamesEveryOption() throws {
        let help = try sandbox(["--help"])
        #expect(help.succeeded)
        for option in ["--overlay-lowerdir DIR", "--options-from-fd FD", "--ids MODE", "--probe"] {
            #expect(help.output.contains(option))
        }
        #expect(try sandbox(["--version"]).output.hasPrefix("mkosi-sandbox "))
    }

    @Test func theManualDescribesEveryOption() throws {
        let manual = try Files.readText(Paths.join(Stage.packageRoot, "Documentation/mkosi-sandbox.1.md"))
        let help = try sandbox(["--help"]).outputLines.filter { $0.hasPrefix("  --") }
        #expect(help.count > 40)
        for line in help {
            let name = line.split(separator: " ")[0]
            #expect(manual.contains("`\(name)"), "\(name) is not in the manual")
        }
    }
}
