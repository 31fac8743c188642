import Execution
import Glibc
import Support
import System
import TestSupport
import Testing

/// `mkosi shell` and programs that read an image, run for real.
@Suite
struct ContainerVerbTests {
    @Test(
        "A command runs in the image, and its exit status is that of mkosi",
        .needsRoot,
        .needsProgram("systemd-nspawn")
    )
    func shell() throws {
        let project = try RuntimeProject()
        try Files.write("inside\n".utf8, to: Paths.join(project.image, "etc/mark"))
        let result = try project.program.mkosi("shell", "--", "sh", "-c", "cat /etc/mark; id -u; exit 7")
        #expect(result.status == .exited(7) && result.outputLines == ["inside", "0"], "\(result)")
        // The first word ends the options of mkosi.
        let plain = try project.program.mkosi("shell", "cat", "--", "/etc/mark")
        #expect(plain.succeeded && plain.output == "inside\n", "\(plain)")
    }

    @Test("Changes stay in the image unless it is ephemeral", .needsRoot, .needsProgram("systemd-nspawn"))
    func ephemeral() throws {
        let project = try RuntimeProject()
        let result = try project.program.mkosi("--ephemeral=yes", "shell", "sh", "-c", "touch /mark && ls /mark")
        #expect(result.succeeded && result.output == "/mark\n", "\(result)")
        #expect(!Files.exists(Paths.join(project.image, "mark")))
        #expect(try project.program.mkosi("shell", "touch", "/mark").succeeded)
        #expect(Files.exists(Paths.join(project.image, "mark")))
    }

    @Test("Settings reach the container", .needsRoot, .needsProgram("systemd-nspawn"))
    func settings() throws {
        let project = try RuntimeProject(
            """
            [Content]
            [Build]
            BuildSources=src:project
            [Runtime]
            Machine=tower
            Credentials=greeting=hello
            RuntimeTrees=tree:deep
            RuntimeBuildSources=yes
            RuntimeNetwork=none

            """
        )
        try project.program.write("tree/file", "from the host\n")
        try project.program.write("src/main.c", "source\n")
        let script = """
            cat /proc/sys/kernel/hostname $CREDENTIALS_DIRECTORY/greeting
            echo; cat /root/src/deep/file /work/src/project/main.c; ls /sys/class/net; echo new > /root/src/deep/made
            """
        let result = try project.program.mkosi("shell", "sh", "-c", script)
        #expect(result.succeeded, "\(result)")
        #expect(result.outputLines == ["tower", "hello", "from the host", "source", "lo"], "\(result)")
        #expect(try project.program.read("tree/made") == "new\n")
    }

    @Test(
        "Settings for systemd-nspawn are used as the user has chosen them, and never as a script left them",
        .needsRoot,
        .needsProgram("systemd-nspawn")
    )
    func nspawnSettings() throws {
        let project = try RuntimeProject()
        let settings = "[Exec]\nEnvironment=MARK=chosen\n"
        try project.program.write("image.nspawn", settings)
        let ignored = try project.program.mkosi("shell", "sh", "-c", "echo ${MARK:-none}")
        #expect(ignored.output == "none\n", "\(ignored)")
        try project.program.write("mkosi.nspawn", settings)
        let used = try project.program.mkosi("shell", "sh", "-c", "echo ${MARK:-none}")
        #expect(used.output == "chosen\n", "\(used)")
        try project.program.write("image.nspawn", settings + "Capability=all\n")
        let changed = try project.program.mkosi("shell", "sh", "-c", "echo ${MARK:-none}")
        #expect(changed.status == .exited(1) && changed.errors.contains("is not the file"), "\(changed)")
    }

    @Test("What cannot run is one sentence with a hint")
    func sentences() throws {
        let project = try RuntimeProject()
        let missing = try project.program.mkosi("shell", "id", environment: ["PATH=/nonexistent"])
        #expect(missing.status == .exited(1) && missing.errors.contains("needs systemd-nspawn, which is not installed"))
        let console = try project.program.mkosi("--console=headless", "shell", "id")
        #expect(console.status == .exited(1), "\(console)")
        let none = try project.program.mkosi("--output=other", "journalctl")
        #expect(none.status == .exited(1) && none.errors.contains("There is no image"), "\(none)")
        try project.program.write("other.raw", "no disk\n")
        let text = try project.program.mkosi("--output=other", "--format=disk", "journalctl")
        #expect(text.status == .exited(1) && text.errors.contains("neither a directory nor a disk"), "\(text)")
    }

    @Test(
        "An ordinary user gets one sentence where the installed systemd runs no containers of users",
        .needsRoot,
        .needsProgram("systemd-nspawn")
    )
    func ordinaryUser() throws {
        let project = try RuntimeProject()
        try runChecked(["chmod", "-R", "a+rX", project.program.directory.path])
        let version = try runChecked(["systemd-nspawn", "--version"]).output.split(separator: " ").dropFirst().first
        guard let version, (Int(version) ?? 0) < 258 else { return }
        let command = TestUser.ordinary.command([try Stage.mkosi, "shell", "id"], home: "/tmp")
        let result = try run(command, in: project.program.project("."))
        #expect(result.status == .exited(1) && result.errors.contains("needs root"), "\(result)")
    }

    @Test("Programs come from a tools tree, and everything else from the host", .needsRoot)
    func toolsTree() throws {
        let project = try RuntimeProject()
        let tools = "--tools-tree=\(project.image)"
        let script = "cat /usr/lib/os-release; echo new > made; exit 7"
        let result = try project.program.mkosi(tools, "box", "sh", "-c", script)
        #expect(result.status == .exited(7) && result.output == "ID=test\n", "\(result)")
        #expect(try project.program.read("made") == "new\n")
        let missing = try project.program.mkosi(tools, "journalctl")
        #expect(missing.status == .exited(1) && missing.errors.contains("journalctl is not installed"), "\(missing)")
        #expect(missing.errors.contains(project.image), "\(missing)")
        let file = try project.program.mkosi("--tools-tree=made", "box", "true")
        #expect(file.status == .exited(1) && file.errors.contains("made is not a directory"), "\(file)")
    }

    /// What writes the journal that the test reads; nil where it is not installed.
    private static let journalWriter = Paths.findProgram("systemd-journal-remote", path: "/usr/lib/systemd")

    @Test(
        "The journal of an image is read, and nothing of the host's",
        .needsProgram("journalctl"),
        .enabled(if: journalWriter != nil, "needs systemd-journal-remote")
    )
    func journal() throws {
        let writer = try #require(Self.journalWriter)
        let project = try RuntimeProject()
        let machine = "0123456789abcdef0123456789abcdef"
        try Files.write("\(machine)\n".utf8, to: Paths.join(project.image, "etc/machine-id"))
        let directory = Paths.join(project.image, "var/log/journal/\(machine)")
        try Files.makeDirectories(directory)
        try project.program.write(
            "export",
            "__REALTIME_TIMESTAMP=1700000000000000\nMESSAGE=from the image\nPRIORITY=6\n\n"
        )
        try runChecked([writer, "--output=\(directory)/system.journal", project.program.project("export")])
        let result = try project.program.mkosi("journalctl", "--", "--no-pager", "--output=cat")
        #expect(result.succeeded && result.output == "from the image\n", "\(result)")
    }
}
