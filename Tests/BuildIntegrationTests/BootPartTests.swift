import Glibc
import Support
import System
import TestSupport
import Testing

/// Artifacts and boot loaders of a plugin from outside the tree, in an image: `Examples/plugins/python-boot`.
@Suite
struct BootPartTests {
    private static var plugins: String {
        get throws { "\(Stage.packageRoot)/Examples/plugins/python-boot:\(try TinyProject.pluginPath)" }
    }

    /// A project whose tree has two kernels.
    private static func project(user: TestUser = .root, _ configuration: String = "") throws -> TinyProject {
        let project = try TinyProject(
            user: user,
            format: "tiny-disk",
            configuration: """
                Bootloader=tiny-loader
                KernelCommandLine=quiet
                TinyGreeting=Ahoy
                [Build]
                Incremental=yes
                [Content]
                \(configuration)
                """
        )
        for version in ["6.1.0", "6.12.0"] {
            let path = "project/mkosi.extra/usr/lib/modules/\(version)"
            try project.directory.makeDirectory(path)
            try project.directory.write("kernel \(version)\n", to: "\(path)/vmlinuz")
        }
        try project.directory.makeDirectory("project/mkosi.extra/usr/share")
        try project.directory.write("mountain\n", to: "project/mkosi.extra/usr/share/words")
        try project.giveToUser()
        return project
    }

    private static func mkosi(_ project: TinyProject, _ arguments: [String]) throws -> RunResult {
        try run(
            project.user.command([Stage.mkosi, "--progress-fd=3"] + arguments, home: project.directory("home")),
            environment: project.environment(pluginPath: plugins),
            in: project.project,
            collectsEvents: true,
            limit: 120
        )
    }

    /// The first line of the image, and the files of the archive behind it.
    private static func content(_ project: TinyProject) throws -> (line: String, file: (String) throws -> String) {
        let path = "\(project.project)/image.disk"
        let bytes = try Files.read(path)
        let end = try #require(bytes.firstIndex(of: UInt8(ascii: "\n")))
        let archive = project.directory("archive.tar")
        try Files.write(bytes[(end + 1)...], to: archive)
        return (
            String(decoding: bytes[..<end], as: UTF8.self),
            { name in try runChecked(["tar", "-xOf", archive, name]).output }
        )
    }

    @Test("the image's bytes have what the plugin made for each kernel", arguments: TestUser.sample(1))
    func bytesOfTheImage(user: TestUser) throws {
        let project = try Self.project(user: user)
        let built = try Self.mkosi(project, ["build"])
        #expect(built.succeeded, "\(built)")
        let image = try Self.content(project)
        #expect(image.line == "tiny disk: 6.12.0 6.1.0")
        for version in ["6.1.0", "6.12.0"] {
            #expect(try image.file("boot/\(version)/linux") == "kernel \(version)\n")
            #expect(try image.file("boot/\(version)/initrd") == "Ahoy, \(version)\nmountain\n")
            let entry = "linux /\(version)/linux\ninitrd /\(version)/initrd\noptions quiet\n"
            #expect(try image.file("boot/loader/entries/\(version).conf") == entry)
        }
    }

    @Test("only what reads a change is made again, and the plan says so")
    func onlyWhatHasChanged() throws {
        let project = try Self.project()
        #expect(try Self.mkosi(project, ["build"]).succeeded)
        func plan(_ options: [String]) throws -> [String] {
            let result = try Self.mkosi(project, options + ["plan"])
            #expect(result.succeeded, "\(result)")
            let words = result.output.split(separator: "\n").map { $0.split(separator: " ") }
            return words.filter { $0.first == "run" }.map { String($0[1].dropLast()) }
        }
        #expect(try plan([]).isEmpty)
        #expect(try plan(["--kernel-command-line=splash"]) == ["bootloader-uefi", "assemble"])
        let initrds = ["artifact-tiny-initrd-6.12.0", "artifact-tiny-initrd-6.1.0"]
        #expect(try plan(["--tiny-greeting=Hi"]) == initrds + ["bootloader-uefi", "assemble"])

        // What no artifact reads makes none again.
        try project.directory.write("more\n", to: "project/mkosi.extra/more")
        let rebuilt = try Self.mkosi(project, ["--force", "build"])
        let steps = rebuilt.steps("success")
        #expect(rebuilt.succeeded && !steps.contains { $0.hasPrefix("artifact-") }, "\(rebuilt)")
        #expect(steps.contains("bootloader-uefi"), "\(rebuilt)")
        try project.directory.write("sea\n", to: "project/mkosi.extra/usr/share/words")
        let again = try Self.mkosi(project, ["--force", "build"])
        #expect(
            again.succeeded && again.steps("success").isSuperset(of: initrds)
                && !again.steps("success").contains { $0.hasPrefix("artifact-kernel") },
            "\(again)"
        )
        let initrd = try Self.content(project).file("boot/6.1.0/initrd")
        #expect(initrd == "Ahoy, 6.1.0\nsea\n", "\(again)")
    }

    @Test("an artifact that was changed in the store, or whose record names another file, is made again")
    func changedArtifact() throws {
        let project = try Self.project()
        #expect(try Self.mkosi(project, ["build"]).succeeded)
        let layers = project.directory("home/.cache/mkosi/layers")
        func kept() throws -> [String] {
            try Files.list(layers).map { "\(layers)/\($0)" }.filter { Files.exists("\($0)/tree/initrd") }
        }
        #expect(try kept().count == 2)
        // With size and times as they were.
        for layer in try kept() {
            let file = "\(layer)/tree/initrd"
            try runChecked(["cp", "-p", file, project.directory("reference")])
            let handle = try Descriptor.open(file, O_WRONLY)
            try handle.write("Evil".utf8)
            try runChecked(["touch", "-r", project.directory("reference"), file])
        }
        let rebuilt = try Self.mkosi(project, ["--force", "--kernel-command-line=splash", "build"])
        #expect(rebuilt.succeeded && rebuilt.errors.contains("was modified after it was created"), "\(rebuilt)")
        #expect(try Self.content(project).file("boot/6.1.0/initrd") == "Ahoy, 6.1.0\nmountain\n")

        try project.directory.write("precious\n", to: "home/victim")
        for layer in try kept() {
            let record = "\(layer)/record.json"
            let text = try Files.readText(record)
            let changed = text.replacing("\"initrd\"", with: "\"../../../../../victim\"")
            #expect(changed != text)
            try Files.write(changed.utf8, to: record)
        }
        let again = try Self.mkosi(project, ["--force", "--kernel-command-line=debug", "build"])
        #expect(again.succeeded, "\(again)")
        #expect(try Self.content(project).file("boot/6.1.0/initrd") == "Ahoy, 6.1.0\nmountain\n")
    }

    @Test("a setting is supported if a part of the build declares it, and a value has to be a boot loader's name")
    func settingsAndValues() throws {
        let project = try Self.project()
        let enabled = try Self.mkosi(project, ["--bootable=yes", "build"])
        #expect(enabled.succeeded, "\(enabled)")
        let other = try Self.mkosi(project, ["--force", "--format=tar", "--bootable=yes", "build"])
        #expect(other.succeeded, "\(other)")
        let archive = "\(project.project)/image.tar"
        #expect(try runChecked(["tar", "-tf", archive]).outputLines.contains { $0.hasSuffix("boot/6.1.0/initrd") })
        let verity = try Self.mkosi(project, ["--force", "--verity=hash", "build"])
        #expect(verity.succeeded && verity.errors.contains("Verity= has no effect"), "\(verity)")
        let unknown = try Self.mkosi(project, ["--bootloader=lilo", "build"])
        #expect(!unknown.succeeded && unknown.errors.contains("tiny-loader"), "\(unknown)")
        try runChecked(["rm", "-r", "\(project.project)/mkosi.extra/usr/lib/modules"])
        let none = try Self.mkosi(project, ["--force", "--bootable=yes", "build"])
        #expect(!none.succeeded && none.errors.contains("is to be bootable and has no kernel"), "\(none)")
        let automatic = try Self.mkosi(project, ["--force", "build"])
        #expect(automatic.succeeded, "\(automatic)")
        #expect(try Self.content(project).line == "tiny disk: ")
    }
}
