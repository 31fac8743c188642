import Execution
import Glibc
import Support
import System
import TestSupport
import Testing

/// Scripts of every kind: when they run, what they see, what stays of what they do.
@Suite(.serialized)
struct ScriptTests {
    @Test("Scripts run in the manual's order, and each sees the tree of its time", arguments: TestUser.available)
    func order(user: TestUser) throws {
        let tiny = try TinyProject(user: user, configuration: "BuildPackages=extra")
        let log = "echo ${0##*/} ${*:-none} >> \"$SRCDIR/log\""
        try tiny.script("mkosi.sync", "\(log)\n[ ! -e /buildroot ]")
        try tiny.script(
            "mkosi.prepare",
            "\(log)\n[ -e $BUILDROOT/usr/bin/hello ]; echo $1 > $BUILDROOT/usr/share/prepared-$1"
        )
        try tiny.script(
            "mkosi.build",
            """
            \(log)
            [ -e $BUILDROOT/usr/share/extra ]; [ -e $BUILDROOT/usr/share/prepared-build ]
            mkdir -p $DESTDIR/usr/bin; echo built > $DESTDIR/usr/bin/built; echo lost > $BUILDROOT/usr/lost
            """
        )
        try tiny.script(
            "mkosi.postinst",
            "\(log)\n[ -e $BUILDROOT/usr/bin/built ]; [ -e $BUILDROOT/etc/own ]; chown 7:8 $BUILDROOT/etc/own"
        )
        try tiny.directory.write("own\n", to: "project/mkosi.extra/etc/own")
        try tiny.script(
            "mkosi.finalize",
            "\(log)\n[ -e $BUILDROOT/etc/machine-id ]; mv $BUILDROOT/etc/own $BUILDROOT/etc/was"
        )
        try tiny.script("mkosi.postoutput", "\(log)\n[ -e $OUTPUTDIR/image.tar ]; echo more > $OUTPUTDIR/image.more")
        let result = try tiny.mkosi(["build", "--", "one", "two words"])
        #expect(result.succeeded, "\(result)")
        #expect(
            try tiny.projectFile("log") == """
                mkosi.sync none
                mkosi.prepare final
                mkosi.prepare build
                mkosi.build one two words
                mkosi.postinst none
                mkosi.finalize none
                mkosi.postoutput none

                """
        )
        #expect(try tiny.projectFile("image.more") == "more\n")
        let list = try tiny.imageList()
        func has(_ name: String) -> Bool { list.contains { $0.hasSuffix(" \(name)") } }
        #expect(has("usr/bin/built") && has("usr/share/prepared-final") && has("etc/was"), "\(list)")
        for name in ["usr/lost", "usr/share/extra", "usr/share/prepared-build", "etc/own", "work/"] {
            #expect(!has(name), "\(name)")
        }
        if user != .ordinary { #expect(list.contains { $0.contains(" 7/8 ") && $0.hasSuffix(" etc/was") }, "\(list)") }
        #expect(tiny.workspaces.isEmpty)
    }

    @Test("Each kind of script gets exactly the variables of the manual's table")
    func variables() throws {
        let tiny = try TinyProject(
            configuration: """
                [Output]
                ImageId=id
                ImageVersion=7
                [Build]
                BuildDirectory=builddir
                Environment=OWN=yes
                """
        )
        try tiny.directory.makeDirectory("project/builddir")
        let script = "env -0 | tr '\\n\\0' ' \\n' > $SRCDIR/env.${0##*.}"
        for kind in Self.table.keys { try tiny.script("mkosi.\(kind)", script) }
        #expect(try tiny.mkosi(["-f"]).succeeded)
        let result = try tiny.mkosi(["-f"])
        #expect(result.succeeded, "\(result)")
        let unrelated: Set = ["PATH", "HOME", "LANG", "TMPDIR", "TERM", "PWD", "OLDPWD", "SHLVL", "_", "OWN"]
        for (kind, names) in Self.table {
            let lines = try tiny.projectFile("env.\(kind)").split(separator: "\n")
            let found = Set(lines.compactMap { $0.split(separator: "=").first.map(String.init) })
            #expect(found.contains("OWN"))
            #expect(found.subtracting(unrelated) == names, "\(kind)")
        }
        let build = try tiny.projectFile("env.build")
        for line in [
            "SRCDIR=/work/src", "BUILDDIR=/work/build", "DESTDIR=/work/dest", "IMAGE_ID=id", "IMAGE_VERSION=7",
            "WITH_TESTS=1", "WITH_DOCS=1", "WITH_NETWORK=0", "ARCHITECTURE=x86-64", "EFI_ARCHITECTURE=x64", "OWN=yes",
            "DISTRIBUTION=tiny-python", "MKOSI_UID=\(getuid())", "SOURCE_DATE_EPOCH=1600000000", "MKOSI_DEBUG=0",
        ] { #expect(build.contains("\(line)\n"), "\(line)") }
    }

    /// The variables by kind of script; `QEMU_ARCHITECTURE` is for configure scripts alone.
    ///
    /// Besides the table, build scripts have `OUTPUTDIR`, for what is made where there is no image.
    static let table: [String: Set<String>] = {
        let all = """
            ARCHITECTURE MKOSI_DEBUG DISTRIBUTION DISTRIBUTION_ARCHITECTURE EFI_ARCHITECTURE IMAGE_ID IMAGE_VERSION \
            MKOSI_CONFIG MKOSI_GID MKOSI_UID RELEASE SRCDIR
            """
        let tree =
            "ARTIFACTDIR BUILDROOT CHROOT_SCRIPT CHROOT_SRCDIR PACKAGEDIR PROFILES SOURCE_DATE_EPOCH WITH_NETWORK"
        let rows = [
            "sync": "CACHED PROFILES",
            "prepare": "\(tree) WITH_DOCS WITH_TESTS",
            "build":
                "\(tree) WITH_DOCS WITH_TESTS BUILDDIR CHROOT_BUILDDIR CHROOT_DESTDIR DESTDIR CHROOT_OUTPUTDIR OUTPUTDIR",
            "postinst": "\(tree) BUILDDIR CHROOT_OUTPUTDIR OUTPUTDIR",
            "finalize": "\(tree) BUILDDIR CHROOT_OUTPUTDIR OUTPUTDIR",
            "postoutput": "OUTPUTDIR",
            "clean": "OUTPUTDIR PROFILES SOURCE_DATE_EPOCH",
        ]
        return rows.mapValues { Set("\(all) \($0)".split(separator: " ").map(String.init)) }
    }()

    @Test("Sync scripts learn whether there is a cached image to start from")
    func cached() throws {
        let tiny = try TinyProject()
        try tiny.script("mkosi.sync", "echo $CACHED >> $SRCDIR/cached")
        for arguments in [["-f"], ["-f"], ["-f", "-i"], ["-f", "-i"], ["-ff", "-i"]] {
            let result = try tiny.mkosi(arguments)
            #expect(result.succeeded, "\(result)")
        }
        #expect(try tiny.mkosi(["-f", "clean", "-i"]).succeeded)
        #expect(try tiny.mkosi(["-f", "-i"]).succeeded)
        #expect(try tiny.projectFile("cached") == "0\n0\n0\n1\n0\n0\n")
    }

    @Test("A script that fails is named with its status and the end of its output")
    func failure() throws {
        let tiny = try TinyProject()
        try tiny.script("mkosi.postinst", "echo the reason >&2; exit 42")
        let result = try tiny.mkosi()
        #expect(result.status == .exited(1))
        #expect(result.errors.contains("The script \(tiny.project)/mkosi.postinst failed with exit status 42"))
        #expect(result.errors.contains("    the reason"))
        #expect(result.errors.contains("hint: --debug-shell"))
        #expect(tiny.outputs == ["mkosi.postinst"])
        #expect(tiny.workspaces.isEmpty)
    }

    @Test("A script that is not executable stops the build before it begins, unless it may be made so")
    func executable() throws {
        let tiny = try TinyProject()
        try tiny.script("mkosi.postinst", "", mode: 0o644)
        let result = try tiny.build(["--postinst-script=mkosi.postinst"])
        #expect(result.errors.contains("mkosi.postinst is not executable"), "\(result)")
        #expect(!result.events.isEmpty && result.events.allSatisfy { $0.kind != "image-started" })
        let again = try tiny.mkosi(["--postinst-script=mkosi.postinst", "--make-scripts-executable=yes"])
        #expect(again.succeeded, "\(again)")
        #expect(Files.isExecutable("\(tiny.project)/mkosi.postinst"))
    }

    @Test("Scripts cannot change the machine, nor reach the network unless they may")
    func confinement() throws {
        let tiny = try TinyProject()
        try tiny.script(
            "mkosi.build",
            """
            for path in /usr/bin /usr/lib /etc/passwd; do
                if touch $path/x 2>/dev/null || echo x 2>/dev/null >> $path; then echo $path; exit 1; fi
            done
            ls /sys/class/net > $SRCDIR/net || cat /proc/net/dev > $SRCDIR/net
            grep -c : /proc/net/dev > $SRCDIR/devices
            """
        )
        #expect(try tiny.mkosi().succeeded)
        #expect(try tiny.projectFile("devices") == "1\n")
    }

    @Test(
        "The network is there for sync and prepare scripts, and for others where it is requested",
        arguments: [false, true]
    )
    func network(isOn: Bool) throws {
        let tiny = try TinyProject(configuration: "[Build]\nWithNetwork=\(isOn ? "yes" : "no")")
        let kinds = ["sync", "prepare", "build", "postinst", "finalize", "postoutput", "clean"]
        for kind in kinds {
            try tiny.script(
                "mkosi.\(kind)",
                "readlink /proc/self/ns/net > $SRCDIR/net.\(kind); echo ${WITH_NETWORK:-none} >> $SRCDIR/net.\(kind)"
            )
        }
        let result = try tiny.mkosi(["-f"])
        #expect(result.succeeded, "\(result)")
        let own = try runChecked(["readlink", "/proc/self/ns/net"]).output
        for kind in kinds {
            let lines = try tiny.projectFile("net.\(kind)").split(separator: "\n").map(String.init)
            let hasNetwork = isOn || ["sync", "prepare"].contains(kind)
            #expect((lines.first == own.split(separator: "\n").first.map(String.init)) == hasNetwork, "\(kind)")
            let isTold = !["sync", "postoutput", "clean"].contains(kind)
            #expect(lines.last == (isTold ? (isOn ? "1" : "0") : "none"), "\(kind)")
        }
    }

    @Test("Changes to build sources stay, or are thrown away after all scripts of a kind", arguments: ["no", "yes"])
    func ephemeral(value: String) throws {
        let tiny = try TinyProject(configuration: "[Build]\nBuildSourcesEphemeral=\(value)")
        try tiny.directory.write("source\n", to: "project/source")
        try tiny.script("mkosi.build.d/1", "rm source; echo new > made; mkdir directory; echo x > directory/x")
        try tiny.script("mkosi.build.d/2", "[ ! -e source ]; [ -e made ]; rm -r directory")
        try tiny.script("mkosi.sync", "echo synced > synced")
        let isKept = value == "no"
        try tiny.script("mkosi.postinst", "[ \(isKept ? "!" : "") -e source ]; [ \(isKept ? "" : "!") -e made ]")
        let result = try tiny.mkosi()
        #expect(result.succeeded, "\(result)")
        #expect(Files.exists("\(tiny.project)/source") == !isKept)
        #expect(Files.exists("\(tiny.project)/made") == isKept)
        #expect(Files.exists("\(tiny.project)/synced"))
    }

    @Test("Build sources are mounted where they are told, and the build directory has a part for the image")
    func sources() throws {
        let tiny = try TinyProject(
            configuration: "[Build]\nBuildSources=../library:sub/library,.\nBuildDirectory=builddir"
        )
        try tiny.directory.write("library\n", to: "library/file")
        try tiny.directory.makeDirectory("project/builddir")
        try tiny.directory.makeDirectory("project/sub/library")
        try tiny.giveToUser()
        try tiny.script("mkosi.build", "cat $SRCDIR/sub/library/file > $BUILDDIR/result; [ -e mkosi.conf ]")
        let result = try tiny.mkosi()
        #expect(result.succeeded, "\(result)")
        let name = try #require(try Files.list("\(tiny.project)/builddir").first)
        #expect(name.hasPrefix("tiny-python~"))
        #expect(try tiny.projectFile("builddir/\(name)/result") == "library\n")
        try tiny.script("mkosi.build", "[ ! -e $BUILDDIR/result ]")
        #expect(try tiny.mkosi(["-f", "--wipe-build-dir"]).succeeded)
    }

    @Test("Several sources with targets are each thrown away, one within the other", arguments: TestUser.sample(2))
    func ephemeralTargets(user: TestUser) throws {
        let tiny = try TinyProject(
            user: user,
            configuration: """
                [Build]
                BuildSourcesEphemeral=yes
                BuildSources=../one:b/inner,../two:b,../three:/a/
                """
        )
        for name in ["one", "two", "three"] { try tiny.directory.write("\(name)\n", to: "\(name)/file") }
        try tiny.directory.write("hidden\n", to: "two/inner/hidden")
        try tiny.giveToUser()
        try tiny.script(
            "mkosi.build",
            """
            [ "$(cat b/file b/inner/file a/file)" = "$(printf 'two\\none\\nthree')" ]; [ ! -e b/inner/hidden ]
            [ ! -e mkosi.conf ]; [ "$PWD" = "$SRCDIR" ]
            for name in a b b/inner; do echo changed > $name/file; echo new > $name/new; done
            """
        )
        try tiny.script("mkosi.postinst", "[ ! -e b/new ]; [ ! -e b/inner/new ]; grep -q two b/file")
        let result = try tiny.mkosi()
        #expect(result.succeeded, "\(result)")
        for name in ["one", "two", "three"] {
            #expect(try Files.readText(tiny.directory("\(name)/file")) == "\(name)\n")
            #expect(!Files.exists(tiny.directory("\(name)/new")))
        }
    }

    @Test("MKOSI_CONFIG has the image's configuration, and packages and artifacts are passed on")
    func directories() throws {
        let tiny = try TinyProject(configuration: "VolatilePackages=late\nHostname=tester")
        try runChecked(["python3", Self.packager, tiny.directory("late")])
        try tiny.giveToUser()
        try tiny.script(
            "mkosi.build",
            """
            grep -q '"Hostname" *: *"tester"' $MKOSI_CONFIG
            cp $SRCDIR/late.tar $PACKAGEDIR/
            echo artifact > $ARTIFACTDIR/one
            """
        )
        try runChecked(["cp", "\(tiny.directory("late"))/late.tar", tiny.project])
        try tiny.script("mkosi.postinst", "cat $ARTIFACTDIR/one $BUILDROOT/usr/share/late > $OUTPUTDIR/seen")
        let result = try tiny.mkosi()
        #expect(result.succeeded, "\(result)")
        #expect(try tiny.projectFile("seen") == "artifact\nlate\n")
    }

    static let packager = TinyProject.fixture("tiny-package.py")

    @Test("A .chroot script and mkosi-chroot run in the image, and leave nothing of themselves")
    func chroot() throws {
        let tiny = try TinyProject()
        try tiny.addShell()
        let inside = "[ \"$container\" = mkosi ]; [ -e /usr/bin/hello ]; [ -d /proc/1 ]; [ $PWD = /work/src ]"
        try tiny.script("mkosi.postinst.chroot", "\(inside); echo inside > /etc/inside; read x < $SRCDIR/mkosi.conf")
        try tiny.script(
            "mkosi.build",
            """
            if [ "${container:-}" != mkosi ]; then exec mkosi-chroot "$CHROOT_SCRIPT" "$@"; fi
            \(inside); [ "$1" = argument ]
            echo built > $DESTDIR/built
            """
        )
        try tiny.script(
            "mkosi.finalize",
            "mkosi-chroot sh -c 'exit 3' || [ $? = 3 ]; mkosi-as-caller sh -c 'id -u' > id"
        )
        let result = try tiny.mkosi(["build", "--", "argument"])
        #expect(result.succeeded, "\(result)")
        #expect(try tiny.imageFile("etc/inside") == "inside\n")
        #expect(try tiny.imageFile("built") == "built\n")
        let list = try tiny.imageList()
        #expect(!list.contains { $0.hasSuffix(" work/") || $0.contains(" work/") }, "\(list)")
    }

    @Test("Commands of the distribution work on the tree")
    func commands() throws {
        let tiny = try TinyProject()
        try tiny.script(
            "mkosi.postinst",
            "tiny-list > $SRCDIR/listed; [ -e \(tiny.directory("repository"))/index.json ]"
        )
        let result = try tiny.mkosi()
        #expect(result.succeeded, "\(result)")
        #expect(try tiny.projectFile("listed") == "base\nhello\n")
    }

    @Test("Clean scripts run with the clean verb, and where --force replaces an output")
    func clean() throws {
        let tiny = try TinyProject()
        try tiny.script("mkosi.clean", "echo ${OUTPUTDIR} >> $SRCDIR/cleaned; rm -f $OUTPUTDIR/side")
        #expect(try tiny.mkosi().succeeded)
        #expect(!Files.exists("\(tiny.project)/cleaned"))
        try tiny.directory.write("", to: "project/side")
        try tiny.giveToUser()
        #expect(try tiny.mkosi(["-f"]).succeeded)
        #expect(!Files.exists("\(tiny.project)/side"))
        let result = try tiny.mkosi(["clean"])
        #expect(result.succeeded, "\(result)")
        #expect(try tiny.projectFile("cleaned") == "/work/out\n/work/out\n")
    }

    @Test("Without an output, build scripts are the end")
    func none() throws {
        let tiny = try TinyProject(format: "none")
        try tiny.script("mkosi.build", "[ -e $BUILDROOT/usr/bin/hello ]; echo built > built")
        try tiny.script("mkosi.postinst", "exit 1")
        let result = try tiny.mkosi()
        #expect(result.succeeded, "\(result)")
        #expect(try tiny.projectFile("built") == "built\n")
    }
}
