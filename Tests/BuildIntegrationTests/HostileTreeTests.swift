import Execution
import Support
import System
import TestSupport
import Testing

/// Trees and archives that try to reach what is outside of the image.
@Suite(.serialized)
struct HostileTreeTests {
    private static let names = [
        "dotdot", "absolute", "through-link", "through-relative-link", "hard-link", "hard-link-through-link",
        "write-through-link", "directory-over-link",
    ]

    /// A project with hostile archives, and a directory of the machine that must stay as it is.
    static func project(user: TestUser = .root, _ configuration: String = "") throws -> TinyProject {
        let tiny = try TinyProject(user: user, configuration: configuration)
        try tiny.directory.write("secret\n", to: "outside/secret")
        try tiny.directory.makeDirectory("archives")
        try runChecked([
            "python3", TinyProject.fixture("archives/hostile.py"), tiny.directory("archives"),
            tiny.directory("outside"),
        ])
        // Whoever builds could change it: only the confinement keeps it as it is.
        try tiny.giveToUser()
        return tiny
    }

    /// Returns true if nothing was changed outside of the image.
    static func isUntouched(_ tiny: TinyProject) throws -> Bool {
        let escaped = try runChecked(["find", tiny.directory.path, "-name", "escaped"]).output
        return try Files.list(tiny.directory("outside")) == ["secret"] && escaped.isEmpty
            && Files.readText("\(tiny.directory("outside"))/secret") == "secret\n"
    }

    @Test(
        "An image's links in the place of mount points lead nowhere outside of the image",
        arguments: TestUser.available,
        Soak.sample(["/there", "/var/deep/there", "../../../../../there"], every: 2)
    )
    func linkedMountPoints(user: TestUser, target: String) throws {
        let tiny = try TinyProject(user: user)
        try tiny.addShell()
        try tiny.script(
            "mkosi.postinst",
            """
            cd $BUILDROOT
            for name in tmp run proc sys dev; do rm -rf ./$name; ln -s \(target)-$name $name; done
            cd /
            mkosi-chroot /bin/sh -c '
                test -e /proc/self/stat && test -e /sys/devices/system/cpu && echo x >/dev/null
                echo x >/tmp/left; echo x >/run/left
                while read a b c d place rest; do echo "at $place"; done </proc/self/mountinfo'
            find /there* /var/deep -mindepth 1 | sed 's/^/stray: /'
            find $BUILDROOT -name left | sed 's/^/left: /'
            """
        )
        let result = try tiny.mkosi()
        #expect(result.succeeded, "\(result)")
        for name in ["tmp", "run", "proc", "sys", "dev"] {
            #expect(result.errorLines.contains { $0.contains("at /") && $0.contains("there-\(name)") }, "\(result)")
        }
        #expect(!result.errors.contains("stray: ") && !result.errors.contains("left: "), "\(result)")
    }

    @Test(
        "Links among the modules of GRUB bring nothing of the host into the image",
        .enabled(if: Files.isDirectory("/usr/lib/grub/i386-pc") && Paths.findProgram("grub-mkimage") != nil)
    )
    func linkedModules() throws {
        let tiny = try TinyProject(
            format: "disk",
            configuration: "Bootable=yes\nBootloader=none\nBiosBootloader=grub\nUnifiedKernelImages=none"
        )
        try tiny.script(
            "mkosi.postinst",
            """
            mkdir -p $BUILDROOT/usr/lib/grub $BUILDROOT/usr/lib/modules/1
            echo kernel >$BUILDROOT/usr/lib/modules/1/vmlinuz
            cp -r /usr/lib/grub/i386-pc $BUILDROOT/usr/lib/grub/
            ln -s /usr/lib/grub/grub-mkconfig_lib $BUILDROOT/usr/lib/grub/i386-pc/library.mod
            """
        )
        let result = try tiny.mkosi(limit: 120)
        #expect(result.succeeded, "\(result)")
        let text = "Helper library for grub-mkconfig"
        #expect(try Files.readText("/usr/lib/grub/grub-mkconfig_lib").contains(text))
        let found = try run(["grep", "-q", text, "\(tiny.project)/image.raw"], environment: plainEnvironment)
        #expect(found.status == .exited(1), "the image has a file of the host")
    }

    @Test(
        "A tree that is nested beyond reason is refused in a sentence, and leaves nothing",
        arguments: Soak.isEnabled ? [2500, 20_000] : [2500],
        ["yes", "no"]
    )
    func depth(count: Int, incremental: String) throws {
        let tiny = try TinyProject(configuration: "[Build]\nIncremental=\(incremental)")
        try tiny.script(
            "mkosi.postinst",
            "cd $BUILDROOT; perl -e 'for (1..\(count)) { mkdir q(d) or die; chdir q(d) or die }'"
        )
        let result = try tiny.mkosi(limit: 120)
        #expect(result.status == .exited(1), "\(result.status) \(result.errors.suffix(2000))")
        #expect(result.errors.contains("more than 1000 directories are nested"), "\(result.errors.suffix(2000))")
        #expect(tiny.workspaces.isEmpty)
        // As deep as anything that can be named by a path is fine.
        try tiny.script(
            "mkosi.postinst",
            "cd $BUILDROOT; perl -e 'for (1..900) { mkdir q(d) or die; chdir q(d) or die }'"
        )
        let again = try tiny.mkosi(["-f"], limit: 120)
        #expect(again.succeeded, "\(again.errors.suffix(2000))")
    }

    @Test("An archive leads nowhere but into the image", arguments: names)
    func archives(name: String) throws {
        let tiny = try Self.project()
        for (setting, target) in [
            ("--skeleton-tree", ""), ("--extra-tree", ":/deep/in/it"), ("--sandbox-tree", ""), ("--base-tree", ""),
        ] {
            let tar = "\(tiny.project)/\(name).tar"
            try runChecked(["cp", "\(tiny.directory("archives"))/\(name)", tar])
            let result = try tiny.mkosi(["-f", "\(setting)=\(tar)\(target)"])
            #expect(try Self.isUntouched(tiny), "\(setting) \(result)")
            // What the archive requests is not possible: then it is reported, and nothing else happens.
            #expect(result.succeeded || result.errors.contains("error: "), "\(setting) \(result)")
            if result.succeeded {
                let image = try runChecked(["tar", "-xOf", "\(tiny.project)/image.tar"]).output
                #expect(!image.contains("secret\n"), "\(setting)")
            }
        }
        #expect(tiny.workspaces.isEmpty)
    }

    @Test("Devices, and the marks of an overlay, do not come out of an archive")
    func nodes() throws {
        let tiny = try TinyProject()
        let script = """
            import io, sys, tarfile
            with tarfile.open(sys.argv[1], "w") as tar:
                for name, kind, major in [("dev/null", tarfile.CHRTYPE, 1), (sys.argv[2], tarfile.BLKTYPE, 8)]:
                    info = tarfile.TarInfo(name)
                    info.type, info.devmajor, info.devminor = kind, major, 3 * (major == 1)
                    tar.addfile(info)
                info = tarfile.TarInfo("etc")
                info.type, info.pax_headers = tarfile.DIRTYPE, {"SCHILY.xattr.trusted.overlay.opaque": "y", "SCHILY.xattr.user.overlay.opaque": "y"}
                tar.addfile(info)
                info = tarfile.TarInfo("fine")
                info.size, info.uid, info.gid, info.mode = 5, 3, 4, 0o640
                tar.addfile(info, io.BytesIO(b"fine\\n"))
            """
        for setting in ["--skeleton-tree", "--extra-tree"] {
            // Outside of /dev nothing else would make the node that the archive has.
            for name in ["disk", "usr/bin"] {
                try runChecked(["python3", "-c", script, "\(tiny.project)/nodes.tar", name])
                let refused = try tiny.mkosi(["-f", "\(setting)=nodes.tar"])
                #expect(
                    refused.status == .exited(1) && refused.errors.contains("\(name) is a device node"),
                    "\(refused)"
                )
            }
            try runChecked(["python3", "-c", script, "\(tiny.project)/nodes.tar", "dev/disk"])
            let result = try tiny.mkosi(["-f", "\(setting)=nodes.tar"])
            #expect(result.succeeded, "\(result)")
            let list = try tiny.imageList()
            #expect(!list.contains { $0.hasPrefix("c") || $0.hasPrefix("b") }, "\(list)")
            #expect(list.contains { $0.hasPrefix("-rw-r----- 3/4") && $0.hasSuffix(" fine") }, "\(list)")
            #expect(list.contains { $0.hasSuffix(" etc/passwd") } && list.contains { $0.hasSuffix(" usr/bin/hello") })
        }
    }

    @Test("A directory with links leads nowhere but into the image")
    func links() throws {
        let tiny = try Self.project("Hostname=tester\nRootShell=/bin/own")
        let outside = tiny.directory("outside")
        try runChecked(["mkdir", "-p", "\(tiny.project)/base/usr", "\(tiny.project)/tree/etc"])
        try runChecked(["ln", "-s", outside, "\(tiny.project)/base/etc"])
        try runChecked(["ln", "-s", "../../../../../..\(outside)", "\(tiny.project)/base/var"])
        try tiny.directory.write("own\n", to: "project/tree/etc/own")
        for arguments in [["--base-tree=base", "--extra-tree=tree"], ["--skeleton-tree=base", "--extra-tree=tree"]] {
            let result = try tiny.mkosi(["-f"] + arguments)
            #expect(try Self.isUntouched(tiny), "\(result)")
        }
    }

    @Test("Links in a sandbox tree show nothing of the machine")
    func sandboxTree() throws {
        let tiny = try Self.project("VolatilePackages=late")
        try runChecked(["python3", TinyProject.fixture("tiny-package.py"), tiny.project])
        let outside = tiny.directory("outside")
        for (link, name) in [("etc/directory", ""), ("etc/file", "/secret")] {
            try runChecked(["mkdir", "-p", "\(tiny.project)/mkosi.sandbox/etc"])
            try runChecked(["ln", "-s", outside + name, "\(tiny.project)/mkosi.sandbox/\(link)"])
        }
        try runChecked(["ln", "-s", outside, "\(tiny.project)/mkosi.sandbox/var"])
        try tiny.script(
            "mkosi.build",
            "[ -L /etc/directory ]; [ ! -e /etc/file ]\n[ ! -e /var/secret ]; cp late.tar $PACKAGEDIR"
        )
        let result = try tiny.mkosi()
        #expect(result.succeeded, "\(result)")
        #expect(try Self.isUntouched(tiny))
    }

    @Test("Names that no file system takes are said, and those of any bytes are kept", arguments: TestUser.sample(0))
    func oddNames(user: TestUser) throws {
        let tiny = try TinyProject(user: user)
        let script = """
            import io, os, sys, tarfile
            def write(file, *names):
                with tarfile.open(file, "w", format=tarfile.GNU_FORMAT, errors="surrogateescape") as tar:
                    for name in names:
                        info = tarfile.TarInfo(name)
                        info.size = 3
                        tar.addfile(info, io.BytesIO(b"in\\n"))
            directory = sys.argv[1]
            write(directory + "/odd.tar", "odd\\udcff\\udcfe", "new\\nline", "blank ", "-rf", "*")
            os.makedirs(directory.encode() + b"/directory/sub\\xff")
            open(directory.encode() + b"/directory/sub\\xff/file\\xfe", "w").close()
            os.symlink(b"to\\xff", directory.encode() + b"/directory/link\\xff")
            write(directory + "/component.tar", "x" * 300)
            write(directory + "/path.tar", "/".join(["y" * 200] * 30))
            """
        try runChecked(["python3", "-c", script, tiny.project])
        try tiny.giveToUser()
        for setting in ["--skeleton-tree", "--extra-tree", "--base-tree", "--sandbox-tree"] {
            let directory = try tiny.mkosi(["-f", "\(setting)=directory", "--remove-files=/sub*/f*"])
            #expect(directory.succeeded, "\(directory)")
            if setting != "--sandbox-tree" {
                let names = try runChecked(["tar", "--quoting-style=c", "-tf", "\(tiny.project)/image.tar"]).outputLines
                for name in [#""sub\377/""#, #""link\377""#] { #expect(names.contains(name), "\(name): \(names)") }
                #expect(!names.contains { $0.contains("file") }, "\(names)")
            }
            let odd = try tiny.mkosi(["-f", "\(setting)=odd.tar"])
            #expect(odd.succeeded, "\(odd)")
            if setting != "--sandbox-tree" {
                let names = try runChecked(["tar", "--quoting-style=c", "-tf", "\(tiny.project)/image.tar"]).outputLines
                for name in [#""odd\377\376""#, #""new\nline""#, #""blank ""#, #""-rf""#, #""*""#] {
                    #expect(names.contains(name), "\(name): \(names)")
                }
            }
            for name in ["component", "path"] {
                let result = try tiny.mkosi(["-f", "\(setting)=\(name).tar"])
                #expect(result.status == .exited(1), "\(setting) \(result)")
                #expect(result.errors.contains("File name too long"), "\(setting) \(result)")
            }
        }
        #expect(tiny.workspaces.isEmpty)
    }

    @Test("Links that a build script leaves lead no later step elsewhere", arguments: TestUser.sample(1))
    func buildScripts(user: TestUser) throws {
        let tiny = try Self.project(user: user, "VolatilePackages=hello\n[Build]\nBuildDirectory=../build")
        let outside = tiny.directory("outside")
        try tiny.directory.makeDirectory("build")
        try tiny.directory.write("own\n", to: "project/mkosi.extra/srv/own")
        try tiny.directory.write("own\n", to: "project/mkosi.extra/opt/other")
        try tiny.giveToUser()
        try tiny.script(
            "mkosi.build",
            """
            ln -s \(outside) $DESTDIR/srv; ln -s ../../../../../../..\(outside) $DESTDIR/opt
            mkdir -p $DESTDIR/usr/lib; ln -s \(outside) $DESTDIR/usr/lib/credstore
            ln -s \(outside)/secret $DESTDIR/secret; ln \(outside)/secret $DESTDIR/hard 2>/dev/null && exit 1
            ln -s \(outside)/secret $PACKAGEDIR/evil.deb; ln -s \(outside) $PACKAGEDIR/directory
            ln -s \(outside)/secret $ARTIFACTDIR/artifact
            rm -rf $BUILDDIR/*; ln -s \(outside) $BUILDDIR/way; ln -s \(outside)/secret $BUILDDIR/file
            """
        )
        for arguments in [["-f"], ["-f", "-w"], ["-f", "--hostname=tester", "--root-password=x"]] {
            let result = try tiny.mkosi(arguments)
            #expect(try Self.isUntouched(tiny), "\(result)")
            #expect(result.succeeded || result.errors.contains("error: "), "\(result)")
        }
        let image = try? runChecked(["tar", "-xOf", "\(tiny.project)/image.tar"]).output
        #expect(image?.contains("secret\n") != true)
        #expect(tiny.workspaces.isEmpty)
    }

    @Test("A package that is a link to a file of the machine is not read")
    func linkedPackage() throws {
        let tiny = try Self.project("VolatilePackages=late")
        try runChecked(["python3", TinyProject.fixture("tiny-package.py"), tiny.directory("elsewhere")])
        try tiny.script("mkosi.build", "ln -s \(tiny.directory("elsewhere"))/late.tar $PACKAGEDIR/late.tar")
        let result = try tiny.mkosi()
        #expect(result.status == .exited(1), "\(result)")
        #expect(try Self.isUntouched(tiny))
    }

    @Test("A link in the place of kept changes to sources does not take those elsewhere")
    func keptSources() throws {
        let tiny = try Self.project(
            "[Build]\nBuildSources=.\nBuildSourcesEphemeral=buildcache\nBuildDirectory=../build"
        )
        try tiny.directory.makeDirectory("build")
        try tiny.script("mkosi.build", "echo x > $SRCDIR/escaped; echo $BUILDDIR")
        #expect(try tiny.mkosi().succeeded)
        let part = try #require(try Files.list(tiny.directory("build")).first)
        for name in [".mkosi-sources", ".mkosi-sources/src", ".mkosi-sources/src/tree", ".mkosi-sources/src/work"] {
            let path = "\(tiny.directory("build"))/\(part)/\(name)"
            try runChecked(["sh", "-c", "rm -rf \"$0\" && ln -s \"$1\" \"$0\"", path, tiny.directory("outside")])
            let result = try tiny.mkosi(["-f"])
            #expect(result.status == .exited(1) && result.errors.contains("\(path) is not a directory"), "\(result)")
            #expect(result.errors.contains("--wipe-build-dir"))
            #expect(try Files.list(tiny.directory("outside")) == ["secret"])
            #expect(try tiny.mkosi(["-f", "-w"]).succeeded)
            #expect(try Files.list(tiny.directory("outside")) == ["secret"])
        }
    }

    @Test("Links that a script leaves where later steps write stay within the image", arguments: TestUser.sample(2))
    func postInstallation(user: TestUser) throws {
        let tiny = try Self.project(
            user: user,
            """
            Hostname=tester
            Locale=C.UTF-8
            Keymap=us
            Timezone=UTC
            RootShell=/bin/own
            RootPassword=hashed:hash
            MachineId=0123456789abcdef0123456789abcdef
            Autologin=yes
            MakeInitrd=yes
            RemoveFiles=/removed/*,/opt/way/*
            """
        )
        let outside = tiny.directory("outside")
        for path in [
            "usr/lib/sysusers.d/a.conf", "usr/lib/tmpfiles.d/a.conf", "usr/lib/udev/hwdb.d/a.hwdb",
            "usr/lib/systemd/catalog/a.catalog", "usr/lib/systemd/systemd", "usr/lib/modules/6.1/modules.order",
            "usr/lib/modules/--basedir=x/modules.order",
        ] {
            let text = path.contains("tmpfiles") ? "f /srv/escaped - - - - x\n" : ""
            try tiny.directory.write(text, to: "project/mkosi.skeleton/\(path)")
        }
        try tiny.giveToUser()
        for link in [
            "/proc /sys /dev /run /tmp /work /removed /srv", "/usr/lib/credstore /etc/systemd /opt", "/etc /var",
        ] {
            try tiny.script(
                "mkosi.postinst",
                """
                for path in \(link); do
                    rm -rf $BUILDROOT$path; mkdir -p $(dirname $BUILDROOT$path); ln -s \(outside) $BUILDROOT$path
                done
                [ ! -d $BUILDROOT/etc ] || [ -L $BUILDROOT/etc ] || for name in hostname locale.conf vconsole.conf \\
                    machine-id localtime initrd-release passwd shadow; do
                    ln -sf \(outside)/secret $BUILDROOT/etc/$name
                done
                ln -s \(outside)/escaped $BUILDROOT/init
                ln -s \(outside) $BUILDROOT/usr/lib/modules/6.2
                """
            )
            let result = try tiny.mkosi(["-f"])
            #expect(try Self.isUntouched(tiny), "\(link): \(result)")
            #expect(result.succeeded || result.errors.contains("error: "), "\(link): \(result)")
            #expect(!result.errors.contains("Bad version"), "\(result)")
            if result.succeeded {
                let image = try runChecked(["tar", "-xOf", "\(tiny.project)/image.tar"]).output
                #expect(!image.contains("secret\n"), "\(link)")
            }
        }
        #expect(tiny.workspaces.isEmpty)
    }
}
