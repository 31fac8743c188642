import Execution
import Support
import System
import TestSupport
import Testing

/// What is kept between builds, and who asks for it to go.
@Suite(.serialized)
struct RebuildTests {
    @Test("-R runs build scripts alone, and leaves the image as it is")
    func rerun() throws {
        let tiny = try TinyProject()
        try tiny.script("mkosi.build", "echo x >> count; echo made > $OUTPUTDIR/made; mkdir $DESTDIR/new")
        try tiny.script("mkosi.postinst", "echo x >> postinst")
        #expect(try tiny.mkosi(["-R"]).errors.contains("needs an incremental build"))
        #expect(try tiny.mkosi(["-R", "-i"]).errors.contains("needs a built image"))
        #expect(try tiny.mkosi(["-i"]).succeeded)
        let before = try Files.read("\(tiny.project)/image.tar")
        let result = try tiny.mkosi(["-R", "-i"])
        #expect(result.succeeded, "\(result)")
        #expect(try tiny.projectFile("count") == "x\nx\n")
        #expect(try tiny.projectFile("postinst") == "x\n")
        #expect(try tiny.projectFile("made") == "made\n")
        #expect(try Files.read("\(tiny.project)/image.tar") == before)
    }

    @Test("-fff fetches packages again, -ff and -f do not")
    func force() throws {
        let tiny = try TinyProject()
        #expect(try tiny.mkosi().succeeded)
        for (option, fetched) in [("-f", 0), ("-ff", 0), ("-fff", 2)] {
            let result = try tiny.build([option])
            #expect(result.succeeded, "\(result)")
            let fetches = result.tasks("fetch")
            let isReused = option == "-f" && fetches.isEmpty
            #expect(
                isReused || fetches.first?["note"]?.hasPrefix("\(fetched) downloaded") == true,
                "\(option) \(result)"
            )
        }
    }

    @Test("clean removes outputs, -f clean the caches, -ff clean the packages")
    func clean() throws {
        let tiny = try TinyProject(configuration: "[Build]\nPackageCacheDirectory=packages\nCacheDirectory=cache")
        try tiny.directory.makeDirectory("project/cache")
        #expect(try tiny.mkosi().succeeded)
        try tiny.directory.write("", to: "project/cache/tiny-python~1~x86-64~main.old")
        let packages = "\(tiny.project)/packages"
        #expect(try tiny.mkosi(["clean"]).succeeded)
        #expect(!Files.exists("\(tiny.project)/image.tar"))
        #expect(!(try Files.list("\(packages)/packages").isEmpty))
        #expect(try tiny.mkosi(["-f", "clean"]).succeeded)
        #expect(!(try Files.list("\(packages)/packages").isEmpty))
        #expect(try tiny.mkosi(["-ff", "clean"]).succeeded)
        #expect(!Files.exists("\(packages)/packages"))
    }

    @Test("With buildcache the changes to sources are kept for the next build, and for build scripts alone")
    func buildCache() throws {
        let tiny = try TinyProject(
            configuration: """
                [Build]
                BuildSources=.
                BuildSourcesEphemeral=buildcache
                BuildDirectory=../build
                """
        )
        try tiny.directory.makeDirectory("build")
        try tiny.script("mkosi.build", "echo x >> $SRCDIR/count; cp count $OUTPUTDIR/seen")
        try tiny.script("mkosi.postinst", "[ ! -e $SRCDIR/count ]; echo lost > $SRCDIR/lost")
        for expected in ["x\n", "x\nx\n"] {
            let result = try tiny.mkosi(["-f"])
            #expect(result.succeeded, "\(result)")
            #expect(try tiny.projectFile("seen") == expected)
        }
        #expect(!Files.exists("\(tiny.project)/count") && !Files.exists("\(tiny.project)/lost"))
        #expect(try tiny.mkosi(["-f", "-w"]).succeeded)
        #expect(try tiny.projectFile("seen") == "x\n")
        let none = try tiny.mkosi(["-f", "--build-directory="])
        #expect(none.errors.contains("Set BuildDirectory="), "\(none)")
    }

    @Test("The settings of containers are next to the image, and a script that would enter no image is refused")
    func besides() throws {
        let tiny = try TinyProject()
        try tiny.directory.write("[Exec]\nBoot=yes\n", to: "project/mkosi.nspawn")
        let result = try tiny.mkosi()
        #expect(result.succeeded, "\(result)")
        #expect(try tiny.projectFile("image.nspawn") == "[Exec]\nBoot=yes\n")
        #expect(try tiny.mkosi(["clean"]).succeeded)
        #expect(!Files.exists("\(tiny.project)/image.nspawn") && Files.exists("\(tiny.project)/mkosi.nspawn"))
        try tiny.script("enter.chroot", "")
        let refused = try tiny.mkosi(["--sync-script=enter.chroot"])
        #expect(
            refused.status == .exited(1) && refused.errors.contains("before there is an image to enter"),
            "\(refused)"
        )
    }

    @Test("KernelModules= and FirmwareFiles= remove what they do not choose, and another choice makes the tree again")
    func modules() throws {
        let tiny = try TinyProject(format: "directory", configuration: "KernelModules=loop\n[Build]\nIncremental=yes")
        let kernel = "usr/lib/modules/6.1/kernel"
        try tiny.directory.makeDirectory("project/mkosi.extra/\(kernel)")
        for name in ["loop", "other"] {
            let file = tiny.directory("project/mkosi.extra/\(kernel)/\(name).ko")
            try Files.write(KernelModuleSample.bytes(["name=\(name)"]), to: file)
        }
        try tiny.directory.write("", to: "project/mkosi.extra/usr/lib/firmware/a.bin")
        func kept() throws -> [String] {
            let names = ["\(kernel)/loop.ko", "\(kernel)/other.ko", "usr/lib/firmware/a.bin"]
            return names.filter { Files.exists("\(tiny.project)/image/\($0)") }.map(Paths.name)
        }
        let made = try tiny.mkosi()
        try #require(made.succeeded, "\(made)")
        #expect(try kept() == ["loop.ko"])
        let other = try tiny.mkosi([
            "-f", "--kernel-modules=", "--kernel-modules-exclude=loop", "--firmware-files=a.bin",
        ])
        try #require(other.succeeded, "\(other)")
        #expect(try kept() == ["other.ko", "a.bin"])
        let wrong = try tiny.mkosi(["-f", "--kernel-modules=re:("])
        #expect(wrong.status == .exited(1) && wrong.errors.contains("regular expression \"(\""), "\(wrong)")
    }

    @Test("Definitions of partitions are nothing to a format without partitions")
    func definitionsWithoutDisk() throws {
        let tiny = try TinyProject(format: "cpio")
        try tiny.directory.write("[Partition]\nType=root\n", to: "project/mkosi.repart/root.conf")
        let result = try tiny.mkosi()
        #expect(result.succeeded, "\(result)")
    }

    @Test("--debug-sandbox shows the system calls that make sandboxes", .needsProgram("strace"))
    func tracedSandboxes() throws {
        let tiny = try TinyProject(format: "cpio")
        let result = try tiny.mkosi(["--debug-sandbox"])
        #expect(result.succeeded, "\(result)")
        #expect(result.errorLines.contains { $0.contains("pivot_root(") }, "\(result)")
    }

    @Test("--debug-shell opens a shell where a script failed, and --debug-workspace keeps the directory")
    func debug() throws {
        let tiny = try TinyProject()
        try tiny.script("mkosi.postinst", "echo here > $BUILDROOT/etc/here; exit 9")
        let terminal = try Terminal(
            [Stage.mkosi, "--debug-shell"],
            environment: tiny.environment(),
            in: tiny.project
        )
        #expect(terminal.waits(for: ["Opening a shell in the sandbox of the script"]), "\(terminal.screen)")
        terminal.type("cat $BUILDROOT/etc/here $SRCDIR/mkosi.conf; exit\r")
        #expect(terminal.waits(for: ["here", "Distribution=tiny-python", "failed with exit status 9"]))
        // So it does where a command has failed that works on the tree, in the image if it ran there.
        let program = "#!/bin/sh\necho broken > /seen\nexit 3\n"
        try tiny.addShell()
        try tiny.directory.write(program, to: "project/mkosi.skeleton/usr/bin/systemd-sysusers", mode: 0o755)
        try tiny.directory.write("", to: "project/mkosi.skeleton/usr/lib/sysusers.d/a.conf")
        let inside = try Terminal(
            [Stage.mkosi, "--debug-shell", "--postinst-script="],
            environment: tiny.environment(),
            in: tiny.project
        )
        #expect(inside.waits(for: ["Opening a shell in the sandbox of systemd-sysusers"]), "\(inside.screen)")
        inside.type("read word </seen; echo \"it is $word\"; exit\r")
        #expect(inside.waits(for: ["it is broken", "systemd-sysusers failed with exit status 3"]))
        let kept = try tiny.mkosi(["--debug-workspace"])
        let line = kept.errorLines.first { $0.contains("The workspace is ") } ?? ""
        let path = line.split(separator: " ").last.map(String.init) ?? ""
        #expect(Files.isDirectory("\(path)/layers"), "\(kept)")
    }
}
