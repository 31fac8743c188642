import Execution
import Support
import System
import TestSupport
import Testing

/// The programs that complete an image: which run, with what, in which order.
@Suite(.serialized)
struct SystemStepTests {
    /// Puts programs into the image that write down how they were called.
    private static func addPrograms(to tiny: TinyProject) throws {
        try tiny.addShell()
        for name in ["systemd-sysusers", "systemd-tmpfiles", "systemd-hwdb", "systemctl", "depmod", "journalctl"] {
            try tiny.directory.write(
                "#!/bin/sh\necho \(name) \"$*\" >> /steps\n[ ! -d /proc/1 ] && exit 1 || exit 0\n",
                to: "project/mkosi.skeleton/usr/bin/\(name)",
                mode: 0o755
            )
        }
        for path in [
            "usr/lib/sysusers.d/a.conf", "usr/lib/tmpfiles.d/a.conf", "usr/lib/systemd/systemd",
            "usr/lib/udev/hwdb.d/a.hwdb", "usr/lib/systemd/catalog/a.catalog", "usr/lib/modules/6.1/modules.order",
            "usr/lib/modules/6.12-x/modules.order",
        ] { try tiny.directory.write("", to: "project/mkosi.skeleton/\(path)") }
        try tiny.giveToUser()
    }

    @Test("The image's own programs complete it, in the manual's order", arguments: TestUser.sample(0))
    func order(user: TestUser) throws {
        let tiny = try TinyProject(user: user)
        try Self.addPrograms(to: tiny)
        try tiny.script("mkosi.postinst", "[ ! -e $BUILDROOT/steps ]; echo postinst > $BUILDROOT/steps")
        try tiny.script("mkosi.finalize", "echo finalize >> $BUILDROOT/steps")
        let result = try tiny.mkosi()
        #expect(result.succeeded, "\(result)")
        let steps = try tiny.imageFile("steps").split(separator: "\n").map(String.init)
        var calls = steps.map { $0.hasPrefix("systemd-tmpfiles") ? "systemd-tmpfiles" : $0 }
        // Both run at the same time.
        if let index = calls.firstIndex(of: "systemctl --global preset-all"), calls[index + 1] == "systemctl preset-all"
        {
            calls.swapAt(index, index + 1)
        }
        #expect(
            calls == [
                "postinst", "systemd-sysusers ", "systemd-tmpfiles", "systemctl preset-all",
                "systemctl --global preset-all", "depmod --all 6.1", "depmod --all 6.12-x",
                "systemd-hwdb --usr --strict update", "journalctl --update-catalog", "finalize",
            ],
            "\(steps)"
        )
        #expect(steps.contains { $0.contains("--boot --create") && $0.contains("--exclude-prefix=/run") }, "\(steps)")
        for name in [
            "Creating system users", "Creating files of tmpfiles.d", "Applying presets", "Indexing kernel modules",
        ] {
            #expect(result.errors.contains(name), "\(name): \(result.errors)")
        }
    }

    @Test("A file with two names stays one file when a program changes it", arguments: TestUser.sample(1))
    func linkedFile(user: TestUser) throws {
        let tiny = try TinyProject(user: user)
        try tiny.addShell()
        // The name of a program that comes after packages, and the file that makes it run.
        try tiny.directory.write(
            "#!/bin/sh\necho changed >> /srv/a\n",
            to: "project/mkosi.skeleton/usr/bin/systemd-tmpfiles",
            mode: 0o755
        )
        try tiny.directory.write("", to: "project/mkosi.skeleton/usr/lib/tmpfiles.d/a.conf")
        try tiny.directory.write("old\n", to: "project/mkosi.skeleton/srv/a")
        try runChecked(["ln", "a", "b"], in: tiny.directory("project/mkosi.skeleton/srv"))
        try tiny.script("mkosi.finalize", "cat $BUILDROOT/srv/b > $BUILDROOT/seen")
        try tiny.giveToUser()
        for cache in [[], ["-i"], ["-i", "--hostname=other"]] {
            let result = try tiny.mkosi(["-f"] + cache)
            #expect(result.succeeded, "\(result)")
            // Under its other name, where a file that was copied up alone is still the old one.
            #expect(try tiny.imageFile("seen") == "old\nchanged\n", "\(cache)")
        }
    }

    @Test("What a program makes is there for those that come after it")
    func laterPrograms() throws {
        let tiny = try TinyProject()
        try tiny.addShell()
        let programs = [
            "systemd-sysusers": "echo root:x:0:0::/root:/bin/old > /etc/passwd; echo 'root:!:1::::::' > /etc/shadow",
            "systemd-tmpfiles": ": > /usr/lib/systemd/catalog",
            "journalctl": "echo done > /compiled",
        ]
        for (name, text) in programs {
            try tiny.directory.write("#!/bin/sh\n\(text)\n", to: "project/mkosi.skeleton/usr/bin/\(name)", mode: 0o755)
        }
        for path in ["usr/lib/sysusers.d/a.conf", "usr/lib/tmpfiles.d/a.conf", "usr/lib/systemd/a", "etc/a"] {
            try tiny.directory.write("", to: "project/mkosi.skeleton/\(path)")
        }
        let options = ["--root-password=hashed:abc", "--root-shell=/bin/new"]
        for cache in [[], ["-i"], ["-i"]] {
            let result = try tiny.mkosi(options + ["-f"] + cache)
            #expect(result.succeeded, "\(result)")
            #expect(try tiny.imageFile("etc/shadow").hasPrefix("root:abc:"))
            #expect(try tiny.imageFile("etc/passwd").contains(":/bin/new"))
            #expect(try tiny.imageFile("compiled") == "done\n")
        }
    }

    @Test("An image that has nothing for a program does without it, and nothing is said")
    func nothing() throws {
        let tiny = try TinyProject()
        let result = try tiny.mkosi(["--debug-timing"])
        #expect(result.succeeded, "\(result)")
        for name in ["sysusers", "tmpfiles", "presets", "depmod", "hwdb", "catalog"] {
            #expect(!result.errors.contains("timing: \(name)"), "\(name): \(result.errors)")
        }
        #expect(result.errors.contains("timing: install"))
    }

    @Test("A program that fails is named, with what it said")
    func failure() throws {
        let tiny = try TinyProject()
        try Self.addPrograms(to: tiny)
        try tiny.directory.write(
            "#!/bin/sh\necho the reason >&2\nexit 7\n",
            to: "project/mkosi.skeleton/usr/bin/systemd-sysusers",
            mode: 0o755
        )
        let result = try tiny.mkosi()
        #expect(result.status == .exited(1))
        #expect(result.errors.contains("systemd-sysusers failed with exit status 7"), "\(result)")
        #expect(result.errors.contains("    the reason"), "\(result)")
    }

    @Test("What settings ask for is written, also as credentials")
    func settings() throws {
        let tiny = try TinyProject(
            configuration: """
                Hostname=tester
                Locale=C.UTF-8
                LocaleMessages=de_DE.UTF-8
                Keymap=us
                Timezone=Europe/Berlin
                RootShell=/bin/own
                RootPassword=hashed:hash
                MachineId=0123456789abcdef0123456789abcdef
                Autologin=yes
                MakeInitrd=yes
                """
        )
        let result = try tiny.mkosi()
        #expect(result.succeeded, "\(result)")
        for (path, text) in [
            ("etc/hostname", "tester\n"), ("etc/locale.conf", "LANG=C.UTF-8\nLC_MESSAGES=de_DE.UTF-8\n"),
            ("etc/vconsole.conf", "KEYMAP=us\n"), ("etc/machine-id", "0123456789abcdef0123456789abcdef\n"),
            ("etc/passwd", "root:x:0:0:root:/root:/bin/own\ndaemon:x:1:1::/:/bin/false\n"),
            ("etc/shadow", "root:hash:19000:0:99999:7:::\n"), ("usr/lib/credstore/system.hostname", "tester"),
            ("usr/lib/credstore/firstboot.locale", "C.UTF-8"),
            ("usr/lib/credstore/firstboot.locale-messages", "de_DE.UTF-8"),
            ("usr/lib/credstore/firstboot.keymap", "us"), ("usr/lib/credstore/firstboot.timezone", "Europe/Berlin"),
            ("usr/lib/credstore/passwd.shell.root", "/bin/own"),
            ("usr/lib/credstore/passwd.hashed-password.root", "hash"),
        ] { #expect(try tiny.imageFile(path) == text, "\(path)") }
        let list = try tiny.imageList()
        for link in [
            "etc/localtime -> ../usr/share/zoneinfo/Europe/Berlin", "etc/initrd-release -> /etc/os-release",
            "init -> /usr/lib/systemd/systemd",
        ] { #expect(list.contains { $0.hasSuffix(" \(link)") }, "\(link): \(list)") }
        for unit in ["console-getty.service", "getty@tty1.service", "serial-getty@hvc0.service"] {
            let text = try tiny.imageFile("usr/lib/systemd/system/\(unit).d/autologin.conf")
            #expect(text.contains("--autologin root") && text.contains("\nExecStart=\n"), "\(text)")
        }
        let secret = list.first { $0.hasSuffix("passwd.hashed-password.root") } ?? ""
        #expect(secret.hasPrefix("-rw------- 0/0"))
    }

    @Test("Root gets the password and the shell in files that systemd-sysusers has made")
    func lateAccounts() throws {
        let tiny = try TinyProject(configuration: "RootPassword=hashed:hash\nRootShell=/bin/own\nAutologin=yes")
        try Self.addPrograms(to: tiny)
        try tiny.directory.write(
            """
            #!/bin/sh
            echo root:x:0:0:root:/root:/bin/sh > /etc/passwd
            echo 'root:!:19000:0:99999:7:::' > /etc/shadow
            """,
            to: "project/mkosi.skeleton/usr/bin/systemd-sysusers",
            mode: 0o755
        )
        // Units are there before presets are applied.
        try tiny.directory.write(
            "#!/bin/sh\n[ -e /usr/lib/systemd/system/getty@tty1.service.d/autologin.conf ]\n",
            to: "project/mkosi.skeleton/usr/bin/systemctl",
            mode: 0o755
        )
        try tiny.script("mkosi.prepare", "rm -f $BUILDROOT/etc/passwd $BUILDROOT/etc/shadow")
        let result = try tiny.mkosi()
        #expect(result.succeeded, "\(result)")
        #expect(try tiny.imageFile("etc/passwd") == "root:x:0:0:root:/root:/bin/own\n")
        #expect(try tiny.imageFile("etc/shadow") == "root:hash:19000:0:99999:7:::\n")
    }

    @Test("Root gets a line in shadow(5) where packages have made accounts without one")
    func accountsWithoutPasswords() throws {
        let tiny = try TinyProject(configuration: "RootPassword=hashed:hash")
        try Self.addPrograms(to: tiny)
        try tiny.directory.write(
            """
            #!/bin/sh
            echo root:*:0:0:root:/root:/bin/sh > /etc/passwd
            printf 'daemon:!:19000::::::' > /etc/shadow
            """,
            to: "project/mkosi.skeleton/usr/bin/systemd-sysusers",
            mode: 0o755
        )
        let result = try tiny.mkosi()
        #expect(result.succeeded, "\(result)")
        #expect(try tiny.imageFile("etc/passwd") == "root:x:0:0:root:/root:/bin/sh\n")
        #expect(try tiny.imageFile("etc/shadow") == "daemon:!:19000::::::\nroot:hash:::::::\n")
    }

    @Test("A machine id can be random, and is a new one each time")
    func randomMachineID() throws {
        let tiny = try TinyProject(configuration: "MachineId=random")
        var seen: Set<String> = []
        for _ in 0..<2 {
            #expect(try tiny.mkosi(["-f"]).succeeded)
            let text = try tiny.imageFile("etc/machine-id")
            #expect(text.wholeMatch(of: /[0-9a-f]{32}\n/) != nil, "\(text)")
            seen.insert(text)
        }
        #expect(seen.count == 2)
    }

    @Test("Files are removed by pattern, and packages by name")
    func removal() throws {
        let tiny = try TinyProject(configuration: "RemoveFiles=/usr/bin/h*,usr/share/none,/var/*/")
        try tiny.directory.write("", to: "project/mkosi.extra/usr/bin/keep")
        let result = try tiny.mkosi()
        #expect(result.succeeded, "\(result)")
        let names = try runChecked(["tar", "-tf", "\(tiny.project)/image.tar"]).outputLines
        #expect(names.contains("usr/bin/keep"))
        #expect(!names.contains { $0.hasPrefix("usr/bin/h") || $0.hasPrefix("var/") && $0 != "var/" }, "\(names)")
    }

    @Test("Databases of packages stay where they are to", arguments: ["yes", "no", "auto"])
    func metadata(value: String) throws {
        let tiny = try TinyProject(configuration: "CleanPackageMetadata=\(value)")
        #expect(try tiny.mkosi().succeeded)
        let names = try runChecked(["tar", "-tf", "\(tiny.project)/image.tar"]).outputLines
        #expect(names.contains("usr/share/tiny/hello.json") == (value == "no"))
    }
}
