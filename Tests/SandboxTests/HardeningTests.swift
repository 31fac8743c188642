import Execution
import Glibc
import Support
import TestSupport
import Testing

/// What `--harden` must not break, and what else is the sandbox's own.
@Suite struct HardeningTests {
    static let users = TestUser.available
    private let hardened =
        bareSystem + ["--sys", "/sys", "--tmpfs", "/tmp", "--dir", "/mnt", "--become-root", "--harden"]

    @Test("A command can mount, name the host and set up its own network", arguments: users)
    func ownMounts(user: TestUser) throws {
        let result = try SandboxProgram(user: user).shell(
            hardened + ["--unshare-net"],
            """
            set -e
            mount -t tmpfs none /mnt; mkdir /mnt/a /mnt/b; echo x > /mnt/a/file; mount --bind /mnt/a /mnt/b; cat /mnt/b/file
            umount /mnt/b; mkdir /mnt/u /mnt/w; mount -t overlay -o lowerdir=/mnt/a,upperdir=/mnt/u,workdir=/mnt/w o /mnt/b
            echo y > /mnt/b/file; cat /mnt/a/file /mnt/u/file; umount /mnt/b; umount /mnt
            mount --rbind /proc /mnt; test -d /mnt/self; umount -l /mnt
            hostname inside; hostname
            ip link add dummy0 type dummy 2>/dev/null || test ! -x /sbin/ip || echo no dummies
            unshare --user --map-root-user --mount --pid --fork true && echo nested
            """
        )
        #expect(result.succeeded, "\(result)")
        #expect(result.outputLines.filter { $0 != "no dummies" } == ["x", "x", "y", "inside", "nested"], "\(result)")
    }

    @Test("Owners, modes, ACLs and capabilities of files are set as without hardening", arguments: users)
    func attributes(user: TestUser) throws {
        let directory = try TemporaryDirectory(openToAll: true)
        for name in ["lower", "upper", "work"] { try directory.makeDirectory(name) }
        try directory.write("#!/bin/sh\n", to: "lower/program", mode: 0o755)
        if user != .root, TestUser.isRoot {
            try runChecked(["chown", "-R", "\(TestUser.id):\(TestUser.id)", directory.path])
        }
        let tree = [
            "--overlay-lowerdir", directory("lower"), "--overlay-upperdir", directory("upper"), "--overlay-workdir",
            directory("work"), "--overlay", "/tree", "--suppress-sync",
        ]
        let script = """
            cd /tree; setcap cap_net_raw+ep program; touch owned; chown 65534:1234 owned; mkdir d; rm -r d
            setfacl -m u:1000:r owned; chmod 4755 program; setcap cap_net_raw+ep program
            """
        let read = "cd /tree; getcap -n program; stat -c '%n %u:%g %a' program owned; getfacl -nc owned; ls"
        let program = SandboxProgram(user: user)
        let made = try program.shell(hardened + tree, script)
        #expect(made.succeeded || user == .ordinary, "\(made)")
        let inside = try program.shell(hardened + tree, read)
        let before = try program.shell(bareSystem + ["--become-root"] + tree, read)
        #expect(inside.output == before.output, "\(inside) \(before)")
        if user != .ordinary {
            #expect(inside.output.contains("program cap_net_raw=ep\nprogram 0:0 4755\nowned 65534:1234"), "\(inside)")
        }
        if user == .root {
            // Outside the capability is that of the file, and not of a namespace's root.
            let outside = try run(["getcap", "-n", directory("upper/program")])
            #expect(outside.output.contains("cap_net_raw=ep") && !outside.output.contains("rootid"), "\(outside)")
        }
    }

    @Test("Programs of an image that need their set-user-ID bit have it, unless that is forbidden")
    func setUserID() throws {
        try #require(TestUser.isRoot || TestUser.available == [.ordinaryWithRange])
        let directory = try TemporaryDirectory(openToAll: true)
        let script = """
            cp /usr/bin/id /tree/id; chown 0:0 /tree/id; chmod 4755 /tree/id
            setpriv --reuid 5 --regid 5 --clear-groups --inh-caps=-all --ambient-caps=-all /tree/id -u
            """
        let options = hardened + ["--bind", directory.path, "/tree"]
        #expect(try SandboxProgram().shell(options, script).output == "0\n")
        #expect(try SandboxProgram().shell(options + ["--no-new-privs"], script).output == "5\n")
    }

    @Test("A shell on a terminal has job control, and a terminal of its own", arguments: users)
    func terminal(user: TestUser) throws {
        let words = user.command(
            [try SandboxProgram.path] + hardened + ["--setenv", "PS1", "> ", "--", "bash", "--norc", "-i"],
            home: "/tmp"
        )
        let terminal = try Terminal(words, environment: plainEnvironment, in: "/tmp")
        #expect(terminal.waits(for: ["> "]), "\(terminal.screen)")
        terminal.type("stty size; echo ses=$(ps -o sid= -p $$); sleep 1000\r")
        #expect(terminal.waits(for: ["60 160", "ses="]), "\(terminal.screen)")
        usleep(300_000)
        terminal.type("\u{1A}")
        #expect(terminal.waits(for: ["Stopped"]), "\(terminal.screen)")
        terminal.type("kill %1; cat\r")
        usleep(300_000)
        terminal.type("\u{03}")
        // The key also discards what is typed and not read yet.
        usleep(500_000)
        terminal.type("echo after=$?; perl -e '$k = chr 120; ioctl(STDIN, 0x5412, $k) or print \"refused: $!\\n\"'\r")
        #expect(terminal.waits(for: ["after=130", "refused: Operation not permitted"]), "\(terminal.screen)")
        terminal.type("exit 3\r")
    }

    @Test("The session keyring is the sandbox's own, hardened or not")
    func keyring() throws {
        let script = "perl -e 'print syscall(250, 0, -3, 0)'"
        let first = try SandboxProgram().shell(bareSystem, script)
        let second = try SandboxProgram().shell(bareSystem, script)
        #expect(first.succeeded && first.output != second.output || first.output == "-1", "\(first) \(second)")
    }

    @Test("An environment of some megabytes is passed on, and a variable that is too long is named")
    func largeEnvironment() throws {
        let directory = try TemporaryDirectory(openToAll: true)
        var words: [String] = []
        for number in 0..<40 { words += ["--setenv", "V\(number)", String(repeating: "x", count: 100_000)] }
        func run(_ words: [String]) throws -> RunResult {
            let file = try directory.write(words.map { $0 + "\0" }.joined(), to: "options")
            let script = "exec \"$1\" --options-from-fd 9 -- sh -c 'echo ${#V39}; sh -c \"echo \\${#V0}\"' 9<\"$2\""
            return try TestSupport.run(
                SandboxProgram().user.command(["/bin/sh", "-c", script, "sh", SandboxProgram.path, file], home: "/tmp")
            )
        }
        let result = try run(hardened + words)
        #expect(result.output == "100000\n100000\n", "\(result.errors)")
        let long = try run(["--setenv", "LONG", String(repeating: "x", count: 200_000)])
        #expect(long.status == .exited(126))
        #expect(long.errors.contains("the variable LONG has 200005 bytes, but Linux allows 131071"), "\(long)")
    }
}
