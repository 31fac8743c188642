import Execution
import Support
import System
import TestSupport
import Testing

/// What scripts of a real image work on its packages with.
@Suite(.needsDebian, .serialized)
struct DebianCommandTests {
    /// A project with a package of its own, whose first version scripts make and whose second one is offered.
    private static func project(_ user: TestUser, _ scripts: [String: String]) throws -> DebianProject {
        let debian = try DebianProject(user: user)
        let text = try Files.readText("\(debian.project)/mkosi.conf")
        let list = "Packages=\(DebianProject.packages.joined(separator: ","))"
        try debian.directory.write(
            text.replacing(list, with: "Packages=apt\nPackageDirectories=debs"),
            to: "project/mkosi.conf"
        )
        for (version, directory) in [("1", "first"), ("2", "debs")] {
            try debian.directory.write(
                """
                Package: own
                Version: \(version)
                Architecture: all
                Maintainer: Nobody <nobody@example.org>
                Description: a package of the project

                """,
                to: "tree\(version)/DEBIAN/control"
            )
            try debian.directory.write("\(version)\n", to: "tree\(version)/usr/share/own/version")
            try debian.directory.makeDirectory("project/\(directory)")
            try runChecked([
                "dpkg-deb", "--root-owner-group", "--build", debian.directory("tree\(version)"),
                "\(debian.project)/\(directory)/own.deb",
            ])
        }
        for (name, text) in scripts {
            try debian.directory.write("#!/bin/sh\nset -eux\n\(text)\n", to: "project/\(name)", mode: 0o755)
        }
        if user != .root, TestUser.isRoot {
            try runChecked(["chown", "-R", "\(TestUser.id):\(TestUser.id)", debian.directory.path])
        }
        return debian
    }

    @Test(
        "The package manager works on the image under its own name and under mkosi's",
        arguments: Soak.isEnabled ? TestUser.available : [TestUser.available[0]]
    )
    func packageManager(user: TestUser) throws {
        let debian = try Self.project(
            user,
            [
                "mkosi.prepare": """
                [ "$1" = final ]
                version() { cat "$BUILDROOT/usr/share/own/version"; }
                dpkg -i "$SRCDIR/first/own.deb"
                [ "$(version)" = 1 ]
                [ "$(dpkg-query -W -f='${Version}' own)" = 1 ]
                apt-cache policy own | grep -q 'Candidate: 2'
                mkosi-upgrade
                [ "$(version)" = 2 ]
                rm "$BUILDROOT/usr/share/own/version"
                mkosi-reinstall own
                [ "$(version)" = 2 ]
                mkosi-remove own
                [ ! -e "$BUILDROOT/usr/share/own" ]
                if dpkg -s own; then exit 1; fi
                # Not a word of the machine's own packages is touched.
                if /usr/bin/dpkg-query -W own; then exit 1; fi
                mkosi-install own hostname
                [ "$(version)" = 2 ]; mkosi-chroot hostname
                apt-get purge own; apt-get install own; apt remove own; apt-get install own
                apt-mark auto own; apt-mark showauto | grep -qx own; apt-mark manual own
                dpkg --list own | grep -q '^ii  own'
                mkosi-as-caller sh -c '[ "$(id -u)" = 0 ]'
                """,
                "mkosi.finalize.chroot": """
                dpkg-query -W own; [ "$(cat /usr/share/own/version)" = 2 ]
                [ -e /proc/self/status ]; [ -c /dev/null ]; [ "$PWD" = "$SRCDIR" ]; [ -e mkosi.conf ]
                if mkosi-install hello; then exit 1; fi
                """,
            ]
        )
        let result = try debian.mkosi()
        #expect(result.succeeded, "\(result)")
        let packages = try debian.installedPackages()
        #expect(packages.contains("own") && packages.contains("hostname"), "\(packages)")
        let names = try runChecked(["tar", "-tf", "\(debian.project)/image.tar"]).outputLines
        for name in ["work/", "buildroot/", "etc/resolv.conf", "run/mkosi"] {
            #expect(!names.contains { $0.hasSuffix("./\(name)") || $0 == name }, "\(name)")
        }
    }

    @Test("A package that a later script wants comes without the network from where it was fetched to")
    func offline() throws {
        let debian = try Self.project(
            .root,
            [
                "mkosi.prepare": "apt-get install --download-only hostname hello",
                "mkosi.postinst": """
                mkosi-install own hello
                if mkosi-install sl; then exit 1; fi
                mkosi-chroot hello > "$OUTPUTDIR/said"
                """,
            ]
        )
        let result = try debian.mkosi()
        #expect(result.succeeded, "\(result)")
        #expect(try Files.readText("\(debian.project)/said").contains("Hello"))
        // What a script has fetched is chosen and installed like everything else.
        for name in ["mkosi.prepare", "mkosi.postinst"] {
            try debian.directory.write("#!/bin/sh\n", to: "project/\(name)", mode: 0o755)
        }
        let again = try debian.mkosi(["--force", "--package=hello"])
        #expect(again.succeeded, "\(again)")
        let names = try runChecked(["tar", "-tf", "\(debian.project)/image.tar"]).output
        #expect(names.contains("usr/bin/hello\n"))
    }

    @Test("Accounts, the message catalog and the indexes of modules are made for a real system")
    func indexes() throws {
        let debian = try DebianProject()
        try debian.directory.write(
            """
            -- 0123456789abcdef0123456789abcdef
            Subject: Something of its own
            Defined-By: nobody

            A message of the project.

            """,
            to: "project/mkosi.extra/usr/lib/systemd/catalog/own.catalog"
        )
        try debian.directory.write("", to: "project/mkosi.extra/usr/lib/modules/6.1.0-own/modules.order")
        try debian.directory.write(
            "#!/bin/sh\nmkosi-install kmod\n",
            to: "project/mkosi.prepare",
            mode: 0o755
        )
        try debian.directory.write(
            "#!/bin/sh\nset -e\njournalctl --dump-catalog 0123456789abcdef0123456789abcdef\n",
            to: "project/mkosi.finalize.chroot",
            mode: 0o755
        )
        let options = ["--root-password=hashed:x", "--machine-id=0123456789abcdef0123456789abcdef"]
        let result = try debian.mkosi(options)
        #expect(result.succeeded, "\(result)")
        #expect(result.errors.contains("A message of the project."), "\(result)")
        let image = "\(debian.project)/image.tar"
        let names = try runChecked(["tar", "-tf", image]).outputLines
        #expect(names.contains { $0.hasSuffix("var/lib/systemd/catalog/database") })
        #expect(names.contains { $0.hasSuffix("usr/lib/modules/6.1.0-own/modules.dep.bin") }, "\(result)")
        #expect(try runChecked(["tar", "-xOf", image, "etc/shadow"]).output.hasPrefix("root:x:"))
        // Twice the same, the catalog among it.
        let before = try runChecked(["sha256sum", image]).output
        #expect(try debian.mkosi(["-f"] + options).succeeded)
        #expect(try runChecked(["sha256sum", image]).output == before)
    }
}
