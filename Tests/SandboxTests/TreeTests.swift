import Execution
import Glibc
import Sandbox
import Support
import System
import TestSupport
import Testing

@Suite struct TreeTests {
    static let users = TestUser.available

    @Test(arguments: users) func readOnlyBindsRefuseWritesDeepDown(user: TestUser) throws {
        let directory = try TemporaryDirectory(openToAll: true)
        try directory.makeDirectory("source/inner")
        chmod(directory("source/inner"), 0o777)
        let program = SandboxProgram(user: user, home: directory.path)
        // The inner mount is only made read-only with its parent when the bind works recursively.
        let outer = [
            "--bind", "/", "/", "--proc", "/proc", "--tmpfs", directory("source/inner"), "--become-root", "--",
        ]
        let inner = [
            try SandboxProgram.path, "--bind", "/", "/", "--ro-bind", directory("source"), directory("source"), "--",
        ]
        let result = try program(outer + inner + ["/bin/sh", "-c", "touch $0/a $0/inner/b", directory("source")])
        #expect(result.status == .exited(1))
        #expect(result.errorLines.filter { $0.contains("Read-only file system") }.count == 2, "\(result)")
    }

    @Test(arguments: users) func writableBindsReachTheHost(user: TestUser) throws {
        let directory = try TemporaryDirectory(openToAll: true)
        let result = try SandboxProgram(user: user).shell(
            bareSystem + ["--bind", directory.path, "/some/deep/place"],
            "echo text > /some/deep/place/file"
        )
        #expect(result.succeeded, "\(result)")
        #expect(try Files.readText(directory("file")) == "text\n")
    }

    @Test(arguments: users) func overlaysKeepChangesInTheirUpperDirectory(user: TestUser) throws {
        let directory = try TemporaryDirectory(openToAll: true)
        for number in 0..<70 {
            try directory.write("\(number)", to: "layers/a:long,name with\\strange=characters \(number)/file\(number)")
            try directory.write("\(number)", to: "layers/a:long,name with\\strange=characters \(number)/top")
        }
        try directory.makeDirectory("upper")
        try directory.makeDirectory("work")
        // Files of users that do not exist inside cannot be changed there.
        if user != .root, TestUser.isRoot {
            try runChecked(["/bin/chown", "-R", "\(TestUser.id):\(TestUser.id)", directory.path])
        }
        var options = ["--bind", "/", "/", "--proc", "/proc", "--become-root"]
        for number in 0..<70 {
            options += ["--overlay-lowerdir", directory("layers/a:long,name with\\strange=characters \(number)")]
        }
        options += [
            "--overlay-upperdir", directory("upper"), "--overlay-workdir", directory("work"), "--overlay", "/mnt",
        ]
        let result = try SandboxProgram(user: user).shell(
            options,
            "cat /mnt/top; ls /mnt | wc -l; echo new > /mnt/new; rm /mnt/file1; echo changed > /mnt/file2"
        )
        #expect(result.output == "071\n", "\(result)")
        #expect(result.succeeded)
        #expect(try Files.list(directory("upper")).sorted() == ["file1", "file2", "new"])
        #expect(try Files.readText(directory("upper/file2")) == "changed\n")
        #expect(Files.exists(directory("layers/a:long,name with\\strange=characters 1/file1")))
        // A directory that the sandbox's root may not own cannot be changed: that is said instead of found out later.
        if user != .root, TestUser.isRoot {
            for name in ["upper2", "work2"] {
                try directory.makeDirectory(name)
            }
            let refused = try SandboxProgram(user: user)([
                "--bind", "/", "/", "--become-root", "--overlay-lowerdir", directory("layers"), "--overlay-upperdir",
                directory("upper2"), "--overlay-workdir", directory("work2"), "--overlay", "/mnt", "--", "true",
            ])
            #expect(refused.status == .exited(125))
            #expect(refused.errors.contains("hint:"), "\(refused)")
        }
    }

    @Test(arguments: users) func overlaysOfCommandsThatWaitForNoDiskDoNotEither(user: TestUser) throws {
        let directory = try TemporaryDirectory(openToAll: true)
        for name in ["lower", "upper", "work"] { try directory.makeDirectory(name) }
        if user != .root, TestUser.isRoot {
            try runChecked(["/bin/chown", "-R", "\(TestUser.id):\(TestUser.id)", directory.path])
        }
        let options = [
            "--bind", "/", "/", "--proc", "/proc", "--become-root", "--overlay-lowerdir", directory("lower"),
            "--overlay-upperdir", directory("upper"), "--overlay-workdir", directory("work"), "--overlay", "/mnt",
        ]
        let program = SandboxProgram(user: user)
        // One after the other on the same directories, also where the one before was not written out.
        for (number, suppression) in [["--suppress-sync"], ["--suppress-sync"], [], ["--suppress-sync"]].enumerated() {
            let script = "grep ' /mnt overlay ' /proc/mounts; echo \(number) > /mnt/\(number); ls /mnt | wc -l"
            let result = try program.shell(options + suppression, script)
            #expect(result.succeeded && result.outputLines.last == "\(number + 1)", "\(result)")
            #expect(result.output.contains("volatile") == !suppression.isEmpty, "\(result)")
        }
    }

    @Test(arguments: users) func overlaysWithoutAnUpperDirectoryKeepNothing(user: TestUser) throws {
        let directory = try TemporaryDirectory(openToAll: true)
        try directory.write("x", to: "lower/file")
        let program = SandboxProgram(user: user)
        let base = ["--bind", "/", "/", "--become-root", "--overlay-lowerdir", directory("lower")]
        let memory = try program.shell(
            base + ["--overlay-upperdir", "tmpfs", "--overlay", "/mnt"],
            "echo new > /mnt/new && rm /mnt/file && ls /mnt"
        )
        #expect(memory.output == "new\n", "\(memory)")
        let fixed = try program.shell(base + ["--overlay", "/mnt"], "cat /mnt/file; echo new > /mnt/new")
        #expect(fixed.output == "x")
        #expect(fixed.errors.contains("Read-only file system"), "\(fixed)")
        #expect(try Files.list(directory("lower")) == ["file"])
    }

    @Test func anOverlayThatFailsSaysWhatIsMissing() throws {
        let result = try SandboxProgram()([
            "--bind", "/", "/", "--overlay-lowerdir", "/no/such/layer", "--overlay", "/mnt", "--", "true",
        ])
        #expect(result.status == .exited(125))
        #expect(result.errors.contains("hint: /no/such/layer does not exist"))
    }

    /// A tree that tries to lead mounts and files out of itself.
    @Test func pathsOfTheTreeDoNotLeadOutOfIt() throws {
        let directory = try TemporaryDirectory(openToAll: true)
        let tree = try directory.makeDirectory("tree")
        chmod(tree, 0o777)
        let victim = try directory.write("precious", to: "victim/file")
        symlink(directory("victim"), "\(tree)/absolute")
        symlink("../../../../../../../../../..\(directory("victim"))", "\(tree)/relative")
        symlink(victim, "\(tree)/link")
        symlink(directory("victim/made"), "\(tree)/dangling")
        symlink("circle", "\(tree)/circle")
        let program = SandboxProgram()

        let result = try program(
            bareSystem.prefix(3) + [
                "--bind", tree, "/t", "--write", "new", "/t/absolute/one", "--dir", "/t/relative/two",
                "--write", "new", "/t/link", "--write", "new", "/t/dangling", "--dir", "/t/../../../../three",
                "--ro-bind", "/usr", "/t/absolute/mounted", "--", "/usr/bin/true",
            ]
        )
        #expect(result.status == .exited(127) || result.succeeded, "\(result)")
        #expect(try Files.list(directory("victim")) == ["file"])
        #expect(try Files.readText(victim) == "precious")
        #expect(!Files.exists("/three"))

        let circle = try program(["--bind", tree, "/t", "--dir", "/t/circle/x", "--", "true"])
        #expect(circle.status == .exited(125))
        #expect(circle.errors.contains("Too many levels of symbolic links"), "\(circle)")
    }

    @Test("links of a source after two slashes stay in the directory before them")
    func linksOfASourceStayInItsDirectory() throws {
        let directory = try TemporaryDirectory(openToAll: true)
        try directory.makeDirectory("tree/usr")
        try directory.write("inside\n", to: "tree/usr/only-in-the-tree")
        symlink("/usr", directory("tree/link"))
        let result = try SandboxProgram().shell(
            bareSystem + ["--bind", directory("tree"), "/t", "--bind", "+/t//link", "/a", "--bind", "+/t/link", "/b"],
            "cat /a/only-in-the-tree; test -e /b/only-in-the-tree || echo none"
        )
        #expect(result.output == "inside\nnone\n", "\(result)")
        // With a combining mark the second slash is no character of its own.
        symlink("/usr", directory("tree/\u{301}link"))
        let marked = try SandboxProgram().shell(
            bareSystem + ["--bind", directory("tree"), "/t", "--bind", "+/t//\u{301}link", "/a"],
            "cat /a/only-in-the-tree"
        )
        #expect(marked.output == "inside\n", "\(marked)")
    }

    @Test func linksAreMountedAsThemselvesWhenAsked() throws {
        let directory = try TemporaryDirectory(openToAll: true)
        symlink("to/nowhere", directory("link"))
        let result = try SandboxProgram().shell(
            bareSystem + [
                "--bind-nofollow", directory("link"), "/a", "--ro-bind-nofollow", directory("link"), "/b",
                "--bind-try", directory("absent"), "/c", "--bind", "+/usr/bin", "/again", "--symlink", "new", "/a",
            ],
            "readlink /a /b; test -e /c || test -x /again/sh && echo yes"
        )
        #expect(result.output == "new\nto/nowhere\nyes\n", "\(result)")
        #expect(try run(["/usr/bin/readlink", directory("link")]).output == "to/nowhere\n")
    }

    @Test func directoriesFilesAndTemporaryFileSystemsHaveTheirModes() throws {
        let result = try SandboxProgram().shell(
            bareSystem + [
                "--dir", "/a/b/tmp", "--tmpfs", "/var/tmp", "--tmpfs", "/plain", "--tmpfs-mode", "0700",
                "--tmpfs-size", "64k", "--tmpfs", "/small", "--write", "a b\n", "/etc/x/file",
            ],
            """
            stat -c '%a' /a /a/b/tmp /var/tmp /plain /small /etc/x/file; cat /etc/x/file
            head -c 100000 /dev/zero > /small/big
            """
        )
        #expect(result.outputLines == ["755", "1777", "1777", "755", "700", "644", "a b"], "\(result)")
        #expect(result.errors.contains("No space left on device"))
    }

    @Test(arguments: users) func aDirectoryOfTheTreeBecomesTheRoot(user: TestUser) throws {
        let result = try SandboxProgram(user: user)(
            ["--dir", "/t", "--ro-bind", "/", "/t", "--proc", "/t/proc", "--tmpfs", "/t/mnt", "--chroot", "/t"]
                + [
                    "--become-root", "--", "/bin/sh", "-c",
                    "echo x > /mnt/f; ls -d /usr /mnt/f; \(SandboxProgram.path) -- true",
                ]
        )
        #expect(result.output == "/mnt/f\n/usr\n", "\(result)")
        #expect(result.succeeded)
    }

    @Test func nothingIsMountedOutside() throws {
        let before = try Files.readText("/proc/self/mountinfo")
        #expect(try SandboxProgram()(bareSystem + ["--", "true"]).succeeded)
        #expect(try Files.readText("/proc/self/mountinfo") == before)
    }
}
