import Execution
import Support
import System
import TestSupport
import Testing

@Suite(.needsDebian, .serialized)
struct TwoPhaseTests {
    private static let sum = """
        #include <string.h>
        #include <zlib.h>
        unsigned long sum(const char *text) { return crc32(0, (const Bytef *)text, strlen(text)); }
        """

    /// Writes a C program over zlib with a test of its own, built by Meson out of the tree.
    private static func write(to debian: DebianProject) throws {
        func file(_ name: String, _ text: String, mode: UInt32 = 0o644) throws {
            try debian.directory.write(text + "\n", to: "project/\(name)", mode: mode)
        }
        try file(
            "mkosi.conf",
            """
            [Distribution]
            Distribution=debian
            [Output]
            Format=tar
            CompressOutput=none
            ManifestFormat=json
            [Content]
            Packages=zlib1g
            BuildPackages=gcc,libc6-dev,meson,pkgconf,zlib1g-dev
            SourceDateEpoch=1700000000
            [Build]
            BuildDirectory=builddir
            BuildSourcesEphemeral=yes
            """
        )
        try debian.directory.makeDirectory("project/builddir")
        try file(
            "meson.build",
            """
            project('phases', 'c', version: '1.0')
            zlib = dependency('zlib')
            library = static_library('sum', 'sum.c', dependencies: zlib)
            executable('phases', 'main.c', link_with: library, install: true)
            test('sum', executable('test-sum', 'test.c', link_with: library))
            install_data('phases.conf', install_dir: get_option('sysconfdir'))
            """
        )
        try file("sum.c", sum)
        let declaration = "#include <stdio.h>\nunsigned long sum(const char *text);\n"
        try file(
            "main.c",
            declaration + #"int main(void) { printf("two phases %08lx\n", sum("123456789")); return 0; }"#
        )
        try file("test.c", declaration + #"int main(void) { return sum("123456789") == 0xcbf43926 ? 0 : 1; }"#)
        try file("phases.conf", "setting")
        try file(
            "mkosi.build.chroot",
            """
            #!/bin/sh
            set -e
            [ -e "$BUILDDIR/build.ninja" ] || meson setup --prefix=/usr --sysconfdir=/etc "$BUILDDIR" "$SRCDIR"
            ninja -C "$BUILDDIR" > "$BUILDDIR/ninja.log" || { cat "$BUILDDIR/ninja.log"; exit 1; }
            [ "$WITH_TESTS" = 0 ] || meson test -C "$BUILDDIR" --print-errorlogs
            meson install --quiet --no-rebuild -C "$BUILDDIR"
            """,
            mode: 0o755
        )
        try file(
            "mkosi.postinst",
            """
            #!/bin/sh
            set -e
            [ "$(mkosi-chroot phases)" = "two phases cbf43926" ]
            dpkg-query -W -f='${Version}' zlib1g | grep -q .
            if dpkg-query -W gcc 2>/dev/null; then exit 1; fi
            mkosi-chroot sh -c '! command -v gcc && ! command -v meson'
            apt-cache policy zlib1g | grep -q Installed
            """,
            mode: 0o755
        )
    }

    @Test("A program is built, tested and installed with development packages that the image does not have")
    func program() throws {
        let debian = try DebianProject()
        try Self.write(to: debian)
        let result = try debian.mkosi()
        #expect(result.succeeded, "\(result)")
        #expect(result.errors.contains("1/1 sum"), "\(result)")
        let list = try runChecked(["tar", "--numeric-owner", "-tvf", "\(debian.project)/image.tar"]).outputLines
        func line(_ name: String) -> String {
            list.first { $0.hasSuffix(" ./\(name)") || $0.hasSuffix(" \(name)") } ?? ""
        }
        #expect(line("usr/bin/phases").hasPrefix("-rwxr-xr-x 0/0"), "\(list)")
        #expect(line("etc/phases.conf").hasPrefix("-rw-r--r-- 0/0"))
        for name in ["gcc", "cc", "meson", "ninja", "test-sum"] { #expect(line("usr/bin/\(name)").isEmpty, "\(name)") }
        #expect(line("usr/include/zlib.h").isEmpty)
        let packages = try debian.installedPackages()
        #expect(packages.contains("zlib1g") && !packages.contains("gcc") && !packages.contains("zlib1g-dev"))

        if Soak.isEnabled { try Self.compileAgain(debian) }
    }

    /// The build directory stays: only what was changed is compiled again, and the sources are as they were.
    private static func compileAgain(_ debian: DebianProject) throws {
        try debian.directory.write("#error broken\n", to: "project/sum.c")
        let broken = try debian.mkosi(["-f"])
        #expect(broken.status == .exited(1) && broken.errors.contains("broken"), "\(broken)")
        #expect(Files.exists("\(debian.project)/image.tar"))
        try debian.directory.write(Self.sum, to: "project/sum.c")
        #expect(try debian.mkosi(["-f"]).succeeded)
        let directory = try #require(try Files.list("\(debian.project)/builddir").first)
        let log = try Files.readText("\(debian.project)/builddir/\(directory)/ninja.log")
        #expect(log.contains("sum.c") && !log.contains("main.c"), "\(log)")
    }

    @Test("Settings complete a real system: users, files, presets, the hardware database, packages that go", .inSoak)
    func system() throws {
        let debian = try DebianProject()
        func file(_ name: String, _ text: String, mode: UInt32 = 0o644) throws {
            try debian.directory.write(text + "\n", to: "project/\(name)", mode: mode)
        }
        try file("mkosi.extra/usr/lib/sysusers.d/own.conf", "u own-user 777 \"Own\" /var/lib/own")
        try file(
            "mkosi.extra/usr/lib/tmpfiles.d/own.conf",
            "d /var/lib/own 0750 own-user own-user -\nf /run/gone 0644 - - -"
        )
        try file(
            "mkosi.extra/usr/lib/systemd/system-preset/00-own.preset",
            "enable own.service\ndisable own-not.service"
        )
        for name in ["own", "own-not"] {
            try file(
                "mkosi.extra/usr/lib/systemd/system/\(name).service",
                "[Service]\nExecStart=true\n[Install]\nWantedBy=multi-user.target"
            )
        }
        try file("mkosi.extra/usr/lib/udev/hwdb.d/99-own.hwdb", "own:key*\n OWN_PROPERTY=1")
        try file(
            "mkosi.postinst",
            """
            #!/bin/sh
            set -e
            useradd --uid 778 --no-create-home scripted
            groupadd --gid 779 scripted-group
            mkosi-install hostname
            [ -e "$BUILDROOT/usr/bin/hostname" ] || [ -e "$BUILDROOT/bin/hostname" ]
            """,
            mode: 0o755
        )
        let result = try debian.mkosi([
            "--root-password=pass", "--root-shell=/bin/sh", "--hostname=tester", "--timezone=Europe/Berlin",
            "--remove-package=iproute2", "--clean-package-metadata=yes", "--autologin=yes",
        ])
        #expect(result.succeeded, "\(result)")
        let image = "\(debian.project)/image.tar"
        let list = try runChecked(["tar", "--numeric-owner", "-tvf", image]).outputLines
        func text(_ path: String) throws -> String { try runChecked(["tar", "-xOf", image, path]).output }
        #expect(try text("etc/passwd").contains("own-user:x:777:777:Own:/var/lib/own:"))
        #expect(try text("etc/passwd").contains("scripted:x:778:"))
        #expect(try text("etc/group").contains("scripted-group:x:779:"))
        #expect(try text("etc/passwd").hasPrefix("root:x:0:0:root:/root:/bin/sh\n"))
        #expect(try text("etc/shadow").hasPrefix("root:$"))
        #expect(list.contains { $0.hasPrefix("drwxr-x--- 777/777") && $0.hasSuffix(" var/lib/own/") }, "\(list)")
        #expect(list.contains { $0.contains(" etc/systemd/system/multi-user.target.wants/own.service -> ") })
        #expect(!list.contains { $0.contains("multi-user.target.wants/own-not.service") })
        #expect(try runChecked(["tar", "-xOf", image, "usr/lib/udev/hwdb.bin"]).output.contains("OWN_PROPERTY"))
        for name in ["run/gone", "var/lib/dpkg/status", "etc/machine-info"] {
            #expect(!list.contains { $0.hasSuffix(" \(name)") }, "\(name)")
        }
        #expect(!list.contains { $0.hasSuffix("bin/ip") })
    }
}
