import Execution
import Glibc
import Support
import System
import TestSupport
import Testing

/// Projects and caches whose files were written by an enemy of the user who builds.
@Suite(.serialized)
struct HostileProjectTests {
    @Test(
        "A lock file whose file name leads out of the store is refused, and nothing outside is touched",
        arguments: TestUser.sample(0)
    )
    func lockedPath(_ user: TestUser) throws {
        let tiny = try TinyProject(user: user)
        #expect(try tiny.mkosi(["lock"]).succeeded)
        let path = "\(tiny.project)/mkosi.lock"
        let victim = tiny.directory("home/keys")
        try tiny.directory.write("precious\n", to: "home/keys")
        let text = try Files.readText(path)
        for name in ["../../../../keys", "../../../../new-keys", victim] {
            try Files.write(text.replacing(" hello.tar ", with: " \(name) ").utf8, to: path)
            try tiny.giveToUser()
            for arguments in [["-f"], ["plan"], ["lock"]] {
                let result = try tiny.mkosi(arguments)
                #expect(result.status == .exited(1), "\(result)")
                #expect(result.errors.contains("mkosi.lock:") && result.errors.contains("file name"), "\(result)")
            }
        }
        #expect(try Files.readText(victim) == "precious\n")
        #expect(try Files.list(tiny.directory("home")).filter { !$0.hasPrefix(".") } == ["keys"])
    }

    @Test(
        "Names that become the names of outputs are refused where they are set, and clean removes nothing outside",
        arguments: [
            ("mkosi.conf", "[Output]\nImageId=../victim\n"), ("mkosi.conf", "[Output]\nOutput=../victim\n"),
            ("mkosi.conf", "[Output]\nImageVersion=/../../victim\n"),
            ("mkosi.conf", "[Output]\nOutputExtension=/../victim\n"), ("mkosi.version", "/../../victim\n"),
            ("mkosi.conf", "[Distribution]\nRelease=../../victim\n"),
            ("mkosi.conf", "[Build]\nBuildDirectory=b\nBuildKey=../victim\n"),
            ("mkosi.conf", "[Runtime]\nMachine=../victim\n"), ("mkosi.conf", "[Output]\nImageId=..\n"),
        ]
    )
    func outputNames(_ file: String, _ text: String) throws {
        let tiny = try TinyProject()
        try tiny.directory.write("precious\n", to: "victim/file")
        try tiny.directory.write("precious\n", to: "project/victim/file")
        let path = "\(tiny.project)/\(file)"
        let before = Files.exists(path) ? try Files.readText(path) : ""
        try Files.write((before + text).utf8, to: path)
        for arguments in [["clean"], ["clean", "-ff"], ["summary"], ["build", "-f", "-w"]] {
            let result = try tiny.mkosi(arguments)
            #expect(result.status == .exited(1), "\(result)")
            #expect(result.errors.contains("\(file):") || result.errors.contains(path), "\(result)")
        }
        #expect(Files.exists(tiny.directory("victim/file")))
        #expect(Files.exists(tiny.directory("project/victim/file")))
    }

    @Test(
        "A package that is swapped in the cache after it was checked is not what is installed",
        arguments: TestUser.sample(1)
    )
    func swapped(_ user: TestUser) throws {
        let tiny = try TinyProject(user: user)
        let honest = try tiny.mkosi()
        #expect(honest.succeeded, "\(honest)")
        let image = try Files.read("\(tiny.project)/image.tar")
        // The plugin runs as the user, as another program of the user would: it writes into the file, and renames one
        // over.
        let plugin = tiny.directory("changed/tiny")
        try Files.makeDirectories(tiny.directory("changed"))
        try runChecked(["cp", "-r", "\(Stage.packageRoot)/Examples/plugins/python", plugin])
        let code = try Files.readText("\(plugin)/tiny.py")
        let store = tiny.directory("home/.cache/mkosi/packages")
        for attack in ["open(f, 'r+b').write(evil)", "(open(f + '.new', 'wb').write(evil), os.rename(f + '.new', f))"] {
            let lines = """
                def install(p):
                    evil = open(glob.glob('\(store)/*/base.tar')[0], 'rb').read()
                    for f in glob.glob('\(store)/*/hello.tar'):
                        \(attack)

                """
            try Files.write(
                code.replacing("def install(p):\n", with: lines).utf8,
                to: "\(plugin)/tiny.py",
                mode: 0o755
            )
            try tiny.giveToUser()
            let result = try run(
                tiny.user.command([Stage.mkosi, "-f"], home: tiny.directory("home")),
                environment: tiny.environment(pluginPath: "\(tiny.directory("changed")):\(Stage.plugins)"),
                in: tiny.project
            )
            #expect(result.succeeded, "\(result)")
            #expect(try Files.read("\(tiny.project)/image.tar") == image)
            let cached = try #require(
                try Files.list(store).map { "\(store)/\($0)/hello.tar" }.first(where: Files.exists)
            )
            #expect(try Files.read(cached) != Files.read(tiny.directory("repository/hello.tar")), "the attack was made")
        }
    }

    @Test("No command of the sandbox sees the cache of packages, or can change the copies that were checked")
    func copiesAreReadOnly() throws {
        let tiny = try TinyProject()
        let plugin = tiny.directory("changed/tiny")
        try Files.makeDirectories(tiny.directory("changed"))
        try runChecked(["cp", "-r", "\(Stage.packageRoot)/Examples/plugins/python", plugin])
        let code = try Files.readText("\(plugin)/tiny.py")
        let script =
            "test ! -e \(tiny.directory("home/.cache/mkosi/packages")); ! { echo x >>\\\"$2\\\"; } 2>/dev/null; tar -x "
        let changed = code.replacing("'tar -x ", with: "\"\(script)")
            .replacing("-f \"$2\" -C \"$1\"'", with: "-f \\\"$2\\\" -C \\\"$1\\\"\"")
        #expect(changed.contains("test ! -e") && changed.contains("tar -x --numeric-owner -f \\\"$2"))
        try Files.write(changed.utf8, to: "\(plugin)/tiny.py", mode: 0o755)
        let result = try run(
            [Stage.mkosi],
            environment: tiny.environment(pluginPath: "\(tiny.directory("changed")):\(Stage.plugins)"),
            in: tiny.project
        )
        #expect(result.succeeded, "\(result)")
    }

    @Test(
        "A layer that was changed is noticed when something is built upon it, and made again",
        arguments: TestUser.sample(2)
    )
    func changedLayer(_ user: TestUser) throws {
        let tiny = try TinyProject(user: user, configuration: "Incremental=yes")
        try tiny.directory.write("one\n", to: "project/mkosi.extra/etc/extra")
        try tiny.giveToUser()
        #expect(try tiny.mkosi().succeeded)
        try tiny.directory.write("two\n", to: "project/mkosi.extra/etc/extra")
        #expect(try tiny.mkosi(["-f", "--incremental=no"]).succeeded)
        let image = try Files.read("\(tiny.project)/image.tar")
        let layers = tiny.directory("home/.cache/mkosi/layers")
        let file = try #require(
            try Files.list(layers).map { "\(layers)/\($0)/tree/usr/share/tiny/hello.json" }.first(where: Files.exists)
        )
        // With its size, times and mode as they were.
        var bytes = try Files.read(file)
        bytes[3] ^= 1
        try runChecked(["cp", "-p", file, tiny.directory("reference")])
        let handle = try Descriptor.open(file, O_WRONLY)
        try handle.write(bytes)
        try runChecked(["touch", "-r", tiny.directory("reference"), file])
        let result = try tiny.mkosi(["-f"])
        #expect(result.succeeded, "\(result)")
        #expect(result.errors.contains("was modified after it was created; rebuilding it"), "\(result)")
        #expect(try Files.read("\(tiny.project)/image.tar") == image)
        let verified = try tiny.mkosi(["cache", "verify"])
        #expect(verified.succeeded, "\(verified)")
    }

    @Test("What scripts left for later ones is noticed when it was changed", arguments: ["destination", "artifacts"])
    func changedShare(_ name: String) throws {
        let tiny = try TinyProject(configuration: "Incremental=yes")
        try tiny.script("mkosi.build", "echo one >$DESTDIR/left")
        try tiny.script("mkosi.postinst", "echo one >$ARTIFACTDIR/left")
        try tiny.script("mkosi.finalize", "cat $ARTIFACTDIR/left $BUILDROOT/left >$BUILDROOT/both; : 1")
        #expect(try tiny.mkosi().succeeded)
        #expect(try tiny.imageFile("both") == "one\none\n")
        let layers = tiny.directory("home/.cache/mkosi/layers")
        let files = try Files.list(layers).map { "\(layers)/\($0)/shared/\(name)/left" }.filter(Files.exists)
        #expect(!files.isEmpty)
        // With size and times as they were.
        for file in files {
            try runChecked(["cp", "-p", file, tiny.directory("reference")])
            let handle = try Descriptor.open(file, O_WRONLY)
            try handle.write("two".utf8)
            try runChecked(["touch", "-r", tiny.directory("reference"), file])
        }
        // What reads it has to run again: for the destination that is the copy into the tree below.
        try tiny.script("mkosi.finalize", "cat $ARTIFACTDIR/left $BUILDROOT/left >$BUILDROOT/both; : 2")
        if name == "destination" { try tiny.directory.write("x\n", to: "project/mkosi.extra/x") }
        let result = try tiny.mkosi(["-f"])
        #expect(result.succeeded, "\(result)")
        #expect(result.errors.contains("was modified after it was created; rebuilding it"), "\(result)")
        #expect(try tiny.imageFile("both") == "one\none\n")
    }

    @Test("A layer that a backup has restored is what it was, and is used")
    func restoredLayer() throws {
        let tiny = try TinyProject(configuration: "Incremental=yes")
        try tiny.directory.write("one\n", to: "project/mkosi.extra/etc/extra")
        #expect(try tiny.mkosi().succeeded)
        let layers = tiny.directory("home/.cache/mkosi/layers")
        try runChecked(["cp", "-a", layers, "\(layers).backup"])
        try runChecked(["rm", "-r", layers])
        try runChecked(["mv", "\(layers).backup", layers])
        try tiny.directory.write("two\n", to: "project/mkosi.extra/etc/extra")
        let result = try tiny.build(["-f"])
        #expect(result.succeeded && result.steps("cached").contains("packages"), "\(result)")
        #expect(result.tasks("install").isEmpty, "\(result)")
    }

    @Test("What a killed build leaves has no password of the command line in it")
    func passwordOfADeadBuild() throws {
        let tiny = try TinyProject()
        try tiny.directory.write("#!/bin/sh\nsleep 60\n", to: "project/mkosi.postinst")
        chmod("\(tiny.project)/mkosi.postinst", 0o755)
        let null = try Descriptor.open("/dev/null", O_RDWR)
        var plan = ChildProcess.Plan(
            path: try Stage.mkosi,
            arguments: ["--environment=TOKEN=s3cr3t-word", "--root-password", "s3cr3t-word"],
            environment: try tiny.environment(),
            descriptors: [null.number, null.number, null.number]
        )
        plan.workingDirectory = tiny.project
        var build = try ChildProcess(plan)
        let locks = tiny.directory("home/.cache/mkosi/locks")
        func holders() -> [String] {
            ((try? Files.list(locks)) ?? []).compactMap { try? Files.readText("\(locks)/\($0)") }.filter { !$0.isEmpty }
        }
        for _ in 0..<600 where holders().isEmpty { usleep(50_000) }
        kill(build.pid, SIGKILL)
        _ = build.wait()
        #expect(holders().count == 1)
        #expect(holders().allSatisfy { !$0.contains("s3cr3t-word") })
    }

    @Test("A lock that another user holds on the directory of workspaces stalls nothing")
    func lockedDirectory() throws {
        let tiny = try TinyProject()
        let shared = try tiny.directory.makeDirectory("shared")
        chmod(shared, 0o1777)
        let holder = try Descriptor.open(shared, O_RDONLY | O_DIRECTORY)
        // LOCK_EX (<sys/file.h>).
        #expect(flock(holder.number, 2) == 0)
        let result = try tiny.mkosi(["--workspace-directory=\(shared)"], limit: 50)
        #expect(result.succeeded, "\(result)")
        #expect(try Files.list(shared).isEmpty)
        withExtendedLifetime(holder.number) {}
    }

    @Test("A form of the manifest that is not written is refused")
    func changelog() throws {
        let tiny = try TinyProject(configuration: "[Output]\nManifestFormat=changelog")
        let result = try tiny.mkosi()
        #expect(result.status == .exited(1) && result.errors.contains("ManifestFormat=changelog"), "\(result)")
    }

    @Test("Programs of the build have the limit of descriptors that mkosi was started with")
    func descriptorLimit() throws {
        let tiny = try TinyProject()
        try tiny.directory.write("#!/bin/sh\necho \"limit $(ulimit -Sn)\"\n", to: "project/mkosi.postinst")
        chmod("\(tiny.project)/mkosi.postinst", 0o755)
        let result = try run(
            ["sh", "-c", "ulimit -Sn 700; exec \(Stage.mkosi)"],
            environment: tiny.environment(),
            in: tiny.project
        )
        #expect(result.succeeded && result.errors.contains("limit 700"), "\(result)")
    }
}
