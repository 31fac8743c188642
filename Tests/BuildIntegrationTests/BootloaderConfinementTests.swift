import Execution
import Support
import System
import TestSupport
import Testing

/// Boot loaders that write elsewhere than below `/efi` and `/boot`.
@Suite
struct BootloaderConfinementTests {
    /// A project with a copy of the example whose boot loader runs a further script; `$1` is the tree.
    private static func project(
        user: TestUser = .root,
        _ script: String,
        manifest: (String) -> String = { $0 },
        configuration: String = ""
    ) throws -> TinyProject {
        let project = try TinyProject(
            user: user,
            format: "tiny-disk",
            configuration: "Bootloader=tiny-loader\n\(configuration)"
        )
        let original = "\(Stage.packageRoot)/Examples/plugins/python-boot"
        try runChecked(["cp", "-r", original, project.directory("plugin")])
        let code = try Files.readText("\(original)/boot.py")
        let end = "            cp \"$3\" \"$1/boot/$4/initrd\"\n"
        #expect(code.contains(end))
        try project.directory.write(
            code.replacing(end, with: end + "            \(script)\n"),
            to: "plugin/boot.py",
            mode: 0o755
        )
        let description = try Files.readText("\(original)/plugin.json")
        try project.directory.write(manifest(description), to: "plugin/plugin.json")
        let modules = "project/mkosi.extra/usr/lib/modules/6.1.0"
        try project.directory.makeDirectory(modules)
        try project.directory.write("kernel\n", to: "\(modules)/vmlinuz")
        try project.directory.write("mountain\n", to: "project/mkosi.extra/usr/share/words")
        try project.giveToUser()
        return project
    }

    private static func mkosi(_ project: TinyProject, _ arguments: [String] = []) throws -> RunResult {
        try run(
            project.user.command([Stage.mkosi] + arguments, home: project.directory("home")),
            environment: project.environment(pluginPath: "\(project.directory("plugin")):\(TinyProject.pluginPath)"),
            in: project.project,
            limit: 120
        )
    }

    private static func files(_ project: TinyProject) throws -> [String] {
        let archive = project.directory("archive.tar")
        try runChecked(["sh", "-c", "tail -n +2 image.disk >\(archive)"], in: project.project)
        return try runChecked(["tar", "-tf", archive]).output.split(separator: "\n").map(String.init)
    }

    @Test("The rest of the tree is read-only", arguments: TestUser.sample(0))
    func readOnly(user: TestUser) throws {
        let project = try Self.project(user: user, "echo x >$1/etc/escaped")
        let result = try Self.mkosi(project)
        #expect(result.status == .exited(1), "\(result)")
        #expect(result.errors.contains("/etc/escaped: Read-only file system"), "\(result)")
        #expect(!Files.exists("\(project.project)/image.disk"))
        let elsewhere = try Self.project(
            user: user,
            "mkdir $1/srv/new || mkdir $1/new",
            configuration: "Incremental=yes"
        )
        #expect(try Self.mkosi(elsewhere).status == .exited(1))
    }

    @Test("What a link of the tree takes elsewhere is found afterwards", arguments: ["no", "yes"])
    func links(incremental: String) throws {
        let project = try Self.project(":", configuration: "Incremental=\(incremental)")
        try runChecked(["ln", "-s", "etc", "\(project.project)/mkosi.extra/boot"])
        let result = try Self.mkosi(project)
        #expect(result.status == .exited(1), "\(result)")
        let message =
            "Plugin tiny-boot changed /etc of the image for the boot loader tiny-loader, which may only write below"
        #expect(result.errors.contains("\(message) /efi and /boot"), "\(result)")
        #expect(result.errors.contains("\(project.directory("plugin"))/plugin.json"), "\(result)")
        #expect(!Files.exists("\(project.project)/image.disk"))
    }

    @Test(
        "A directory that is a link out of the tree is refused before anything is written",
        arguments: zip(["/etc", "../../../../etc", "loop/.."], ["boot", "efi", "boot"])
    )
    func outwardLinks(target: String, directory: String) throws {
        let project = try Self.project("echo written >&2")
        let extra = "\(project.project)/mkosi.extra"
        try runChecked(["ln", "-s", target, "\(extra)/\(directory)"])
        try runChecked(["ln", "-s", "/", "\(extra)/loop"])
        try runChecked(["mkdir", "-p", "\(extra)/usr/boot"])
        let result = try Self.mkosi(project)
        #expect(result.status == .exited(1), "\(result)")
        #expect(
            result.errors.contains(
                "Cannot use /\(directory) of the image for the boot loader tiny-loader: it is, or is in, a symbolic link"
            ),
            "\(result)"
        )
        #expect(!result.errors.contains("written"), "\(result)")
    }

    @Test("A relative link inside the tree to where it may write to is followed")
    func inwardLink() throws {
        let project = try Self.project("[ -d $1/efi/loader ]")
        let extra = "\(project.project)/mkosi.extra"
        try runChecked(["ln", "-s", "usr/../boot/.", "\(extra)/efi"])
        let result = try Self.mkosi(project)
        #expect(result.succeeded, "\(result)")
        #expect(try Self.files(project).contains { $0.hasSuffix("boot/6.1.0/linux") })
    }

    @Test(
        "What its description names it may write to, and directories that stay empty are gone",
        arguments: TestUser.sample(1)
    )
    func declared(user: TestUser) throws {
        let project = try Self.project(
            user: user,
            "echo x >$1/usr/lib/latch/state",
            manifest: { text in
                text.replacing(
                    #""artifacts": ["kernel", "tiny-initrd"]"#,
                    with:
                        #""writes": ["/usr/lib/latch"], "artifacts": ["kernel", "tiny-initrd"]"#
                )
            }
        )
        let result = try Self.mkosi(project)
        #expect(result.succeeded, "\(result)")
        let files = try Self.files(project)
        #expect(files.contains { $0.hasSuffix("usr/lib/latch/state") }, "\(files)")
        #expect(files.contains { $0.hasSuffix("boot/6.1.0/linux") }, "\(files)")
        #expect(!files.contains { $0.hasSuffix("efi/") }, "\(files)")
    }

    @Test("A shell opens in what a boot loader begins with, and in what it has left when it failed")
    func shell() throws {
        let project = try Self.project("[ ! -e $1/etc/refuse ]", configuration: "Incremental=yes")
        let list = ["ls", "/buildroot/boot", "/buildroot/usr/lib/modules"]
        #expect(try Self.mkosi(project).succeeded)
        let shell = try Self.mkosi(project, ["shell", "--at", "bootloader-uefi"] + list)
        #expect(shell.output.contains("6.1.0") && !shell.output.contains("loader"), "\(shell)")
        let unknown = try Self.mkosi(project, ["shell", "--at", "bootloader-bios"] + list)
        #expect(unknown.status == .exited(2) && unknown.errors.contains("removal, bootloader-uefi"), "\(unknown)")

        try project.directory.write("", to: "project/mkosi.extra/etc/refuse")
        let failed = try Self.mkosi(project, ["--force"])
        #expect(failed.errors.contains("mkosi shell --at bootloader-uefi"), "\(failed)")
        let left = try Self.mkosi(project, ["shell", "--at", "bootloader-uefi", "--failed"] + list)
        #expect(left.succeeded && left.output.contains("loader"), "\(left)")
    }

    @Test(
        "A kernel that is a pipe or a directory is an error",
        arguments: ["mkfifo", "mkdir"]
    )
    func strangeKernel(command: String) throws {
        let project = try Self.project(":")
        try runChecked(["rm", "-r", "\(project.project)/mkosi.extra/usr/lib/modules/6.1.0/vmlinuz"])
        try project.script("mkosi.finalize", "\(command) $BUILDROOT/usr/lib/modules/6.1.0/vmlinuz")
        let result = try Self.mkosi(project)
        #expect(result.status == .exited(1), "\(result)")
        #expect(
            result.errors.contains("/usr/lib/modules/6.1.0/vmlinuz of the image is not a file"),
            "\(result)"
        )
    }

    @Test("A kernel is taken from /boot where its modules have no image")
    func kernelOfBoot() throws {
        let project = try Self.project(":")
        try runChecked(["rm", "-r", "\(project.project)/mkosi.extra/usr/lib/modules/6.1.0/vmlinuz"])
        try project.directory.write("from boot\n", to: "project/mkosi.extra/boot/vmlinuz-6.1.0")
        let result = try Self.mkosi(project)
        #expect(result.succeeded, "\(result)")
        let files = try Self.files(project)
        #expect(files.contains { $0.hasSuffix("boot/6.1.0/linux") }, "\(files)")
    }
}
