import Glibc
import Support
import System
import TestSupport
import Testing

/// A project of the first generations gives the same image before and after it is brought into today's form.
@Suite(.needsDebian, .needsRoot, .serialized)
struct OlderProjectTests {
    private static let hash = "$y$j9T$NYNk6GvJ5qLMWZjXQO0vg/$6u3y4R1h7H6OQ7mUqSTn6gxlWTxyC2o4fOBpg0tC7A1"

    private static func make(_ output: String) throws -> DebianProject {
        let debian = try DebianProject()
        Files.remove("\(debian.project)/mkosi.conf")
        try debian.directory.write(
            """
            # A container of former days.
            [Distribution]
            Distribution=debian
            Release=\(DebianProject.release)

            [Output]
            \(output)

            [Packages]
            packages=perl-base, less
                # for the network
                iproute2,
            Source-Date-Epoch=1700000000

            [Validation]
            Password=\(hash)
            PasswordIsHashed=yes

            """,
            to: "project/mkosi.default"
        )
        try debian.directory.write("[Packages]\nPackages=!less\n", to: "project/mkosi.default.d/20-less")
        try debian.directory.write("[Packages]\nPackages=nano\n", to: "project/mkosi.default.d/debian/10-editor")
        try debian.directory.write("[Packages]\nPackages=no-such-package\n", to: "project/mkosi.default.d/fedora/10-x")
        try debian.directory.write("hello\n", to: "project/mkosi.extra/etc/motd")
        try debian.directory.write("early\n", to: "project/mkosi.skeleton/etc/early")
        // These ran in the image, whose programs they call by their paths; the last one outside of it.
        let build = "#!/bin/sh -e\nmkdir -p $DESTDIR/usr/share\ncat /etc/early > $DESTDIR/usr/share/built\n"
        let postinst = "#!/bin/sh -e\ntest ! -e /usr/share/wrong\nuseradd --system made\ncat /etc/motd > /etc/inside\n"
        let finalize = "#!/bin/sh -e\ntest -d $BUILDROOT/etc\ncp $BUILDROOT/etc/inside $BUILDROOT/etc/outside\n"
        for (name, text) in [("build", build), ("postinst", postinst), ("finalize", finalize)] {
            try debian.directory.write(text, to: "project/mkosi.\(name)", mode: 0o755)
        }
        return debian
    }

    @Test("as a directory")
    func directory() throws {
        let debian = try Self.make("Format=directory")
        let first = try debian.mkosi()
        #expect(first.succeeded, "\(first)")
        let tree = "\(debian.project)/image"
        #expect(try Files.readText("\(tree)/etc/motd") == "hello\n")
        #expect(try Files.readText("\(tree)/etc/early") == "early\n")
        #expect(try Files.readText("\(tree)/etc/shadow").contains("root:\(Self.hash):"))
        #expect(try Files.readText("\(tree)/usr/share/built") == "early\n")
        #expect(try Files.readText("\(tree)/etc/outside") == "hello\n")
        #expect(try Files.readText("\(tree)/etc/passwd").contains("made:"))
        // A system was installed without being asked for; documentation was not.
        for path in ["usr/bin/systemctl", "usr/sbin/init", "usr/bin/apt-get", "usr/bin/nano", "usr/sbin/ip"] {
            // Links of the image may be absolute, and lead nowhere on this machine.
            #expect(Files.kind(of: "\(tree)/\(path)") != nil, "\(path)")
        }
        #expect(!Files.exists("\(tree)/usr/bin/less"))
        #expect(!Files.exists("\(tree)/usr/share/man/man1"))
        let before = debian.directory("before")
        try runChecked(["mv", tree, before])
        let migration = try debian.mkosi(["migrate", "--write"])
        #expect(migration.succeeded, "\(migration)")
        #expect(!Files.exists("\(debian.project)/mkosi.default") && Files.exists("\(debian.project)/mkosi.conf"))
        let second = try debian.mkosi()
        #expect(second.succeeded, "\(second)")
        #expect(!second.errors.contains("warning"), "\(second.errors)")
        let differences = try treeDifference(before, tree)
        #expect(differences.isEmpty, "\(differences.joined(separator: "\n"))")
    }

    @Test("as an archive without the packages of a system", .inSoak)
    func archive() throws {
        let debian = try Self.make("Format=tar\nOutput=box.tar\nXZ=no\nBasePackages=no")
        let first = try debian.mkosi()
        #expect(first.succeeded, "\(first)")
        let (archive, before) = ("\(debian.project)/box.tar", debian.directory("before.tar"))
        try runChecked(["mv", archive, before])
        let list = try run(["tar", "tf", before])
        #expect(list.succeeded && list.output.contains("etc/motd"), "\(list)")
        #expect(!list.output.contains("bin/systemctl"))
        #expect(try debian.mkosi(["migrate", "--write"]).succeeded)
        let second = try debian.mkosi()
        #expect(second.succeeded, "\(second)")
        let compared = try run(["cmp", archive, before])
        #expect(compared.succeeded, "\(compared)")
    }
}
