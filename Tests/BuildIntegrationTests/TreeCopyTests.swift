import Support
import TestSupport
import Testing

/// What is copied and unpacked into an image keeps what it has, and what is there already keeps what it had.
@Suite(.serialized)
struct TreeCopyTests {
    /// Files with holes, several names, access control lists and attributes, below the directory `$T`.
    private static let content = """
        mkdir -p $T/d/inner; chmod 2750 $T/d; chmod 755 $T/d/inner
        truncate -s 32M $T/d/hole; echo end >> $T/d/hole
        echo one > $T/d/a; ln $T/d/a $T/d/b; ln -s a $T/d/link; ln -P $T/d/link $T/d/link2
        echo acl > $T/d/list; chmod 640 $T/d/list
        python3 - $T/d <<'END'
        import os, struct, sys
        def acl(*lines): return struct.pack("<I", 2) + b"".join(struct.pack("<HHi", *line) for line in lines)
        lines = (1, 6, -1), (2, 6, 0), (4, 4, -1), (16, 6, -1), (32, 0, -1)
        os.setxattr(sys.argv[1] + "/list", "system.posix_acl_access", acl(*lines))
        os.setxattr(sys.argv[1] + "/inner", "system.posix_acl_default", acl(*lines))
        os.setxattr(sys.argv[1] + "/inner", "user.mark", b"1")
        END
        """

    private static let expected = [
        ("d", "0o42750 0:0"), ("d/a", "links=2 same=d/a"), ("d/b", "links=2 same=d/a"),
        ("d/link2", "links=2 same=d/link"), ("d/hole", " sparse"),
        (
            "d/list",
            "0o100660 0:0 1600000000 system.posix_acl_access=0200000001000600ffffffff02000600000000000400"
                + "0400ffffffff10000600ffffffff20000000ffffffff"
        ),
        ("d/inner", "system.posix_acl_default=0200"), ("d/inner", "user.mark=31"),
    ]

    private func expect(_ project: WalkProject, _ lines: [String], _ expected: [(String, String)]) {
        for (path, fact) in expected {
            let line = lines.first { $0.hasPrefix("\(path) ") }
            #expect(line?.contains(fact) == true, "\(project.user): \(fact): \(line ?? "\(path) is missing")")
        }
    }

    @Test(
        "Extra trees and $DESTDIR keep holes, links, access control lists, attributes and modes",
        arguments: TestUser.sample(1)
    )
    func copies(user: TestUser) throws {
        let project = try WalkProject(user)
        try project.inside([], "cd /plain; umask 022; T=extra; \(Self.content)")
        try project.script(
            "mkosi.prepare",
            "cd $BUILDROOT; mkdir -p -m 755 there kept; mkdir -p -m 700 open; chmod 1777 kept"
        )
        try project.script(
            "mkosi.build",
            """
            umask 022
            T=$DESTDIR/built
            \(Self.content)
            mkdir -m 700 $DESTDIR/there
            mkdir $DESTDIR/kept
            install -d -m 0755 $DESTDIR/open
            """
        )
        let result = try project.mkosi(["--extra-tree=\(project.directory("plain")):/"])
        #expect(result.succeeded, "\(result)")
        expect(project, try project.list("/image/extra"), Self.expected)
        expect(project, try project.list("/image/built"), Self.expected)
        expect(
            project,
            try project.list("/image"),
            [("there", "0o40700 "), ("kept", "0o41777 "), ("open", "0o40755 ")]
        )
    }

    @Test("Archives leave directories that exist as they are, and name owners as the image does")
    func archives() throws {
        let project = try WalkProject(.root)
        try project.directory.write(
            "root:x:0:0::/:/bin/sh\ntester:x:77:78::/:\n",
            to: "project/mkosi.skeleton/etc/passwd"
        )
        try project.directory.write("root:x:0:\ntesters:x:79:\n", to: "project/mkosi.skeleton/etc/group")
        try project.directory.write("", to: "tree/etc/own")
        try project.directory.write("", to: "tree/new/file")
        let tar = ["tar", "-C", project.directory("tree"), "--owner=tester:1000", "--group=testers:1000"]
        try runChecked(["chmod", "-R", "0700", project.directory("tree")])
        try runChecked(tar + ["-cf", project.directory("project/t.tar"), "."])
        let trees = "\(project.directory("project/t.tar")),\(project.directory("project/t.tar")):/opt"
        let result = try project.mkosi(["--extra-tree=\(trees)"])
        #expect(result.succeeded, "\(result)")
        expect(
            project,
            try project.list("/image"),
            [
                (".", "0o40755 0:0"), ("etc", "0o40755 0:0"), ("new", "0o40700 77:79"), ("etc/own", "0o100700 77:79"),
                ("opt", "0o40700 77:79"), ("opt/new/file", "0o100700 77:79"),
            ]
        )
        // A base tree is nothing but its archive.
        let base = try project.mkosi(["-f", "--base-tree=\(project.directory("project/t.tar"))"])
        #expect(base.succeeded, "\(base)")
        expect(project, try project.list("/image"), [(".", "0o40700 1000:1000"), ("new", "0o40700 1000:1000")])
    }

    @Test("A device node in an archive is an error, but in /dev, where every system has its own")
    func devices() throws {
        let project = try WalkProject(.root)
        for (name, isRefused) in [("dev", false), ("srv", true)] {
            let script = """
                import io, sys, tarfile
                with tarfile.open(sys.argv[1], "w") as tar:
                    entry = tarfile.TarInfo(sys.argv[2] + "/null")
                    entry.type, entry.devmajor, entry.devminor = tarfile.CHRTYPE, 1, 3
                    tar.addfile(entry)
                """
            try runChecked(["python3", "-c", script, project.directory("project/t.tar"), name])
            let result = try project.mkosi(["-f", "--extra-tree=\(project.directory("project/t.tar"))"])
            #expect(result.succeeded == !isRefused, "\(result)")
            #expect(result.errors.contains("srv/null is a device node") == isRefused, "\(result)")
        }
    }

    @Test("Of /etc/passwd only the field of root is changed, whatever bytes the rest has", arguments: ["", "\\r"])
    func accounts(end: String) throws {
        let project = try WalkProject(.root)
        try project.script(
            "mkosi.prepare",
            "mkdir $BUILDROOT/etc; cd $BUILDROOT/etc\n"
                + "printf 'a:x:1:1:M\\374ller:/:/bin/a\(end)\\nroot:x:0:0:r\\366\\303:/root:/bin/sh\(end)\\n\\n#b' > passwd"
        )
        let result = try project.mkosi(["--root-shell=/bin/zsh"])
        #expect(result.succeeded, "\(result)")
        let expected = "a:x:1:1:M\\374ller:/:/bin/a\(end)\\nroot:x:0:0:r\\366\\303:/root:/bin/zsh\(end)\\n\\n#b"
        try runChecked(["sh", "-c", "printf '\(expected)' | cmp - \(project.directory("project/image/etc/passwd"))"])
    }

    @Test(
        "Nothing of an image comes from setgid and access control lists of the directories around it",
        arguments: TestUser.sample(2)
    )
    func surroundings(user: TestUser) throws {
        let project = try WalkProject(user)
        let script = """
            import os, struct, sys
            lines = (1, 7, -1), (2, 7, 1), (4, 7, -1), (16, 7, -1), (32, 5, -1)
            acl = struct.pack("<I", 2) + b"".join(struct.pack("<HHi", *line) for line in lines)
            for path in sys.argv[1:]:
                os.makedirs(path)
                if os.geteuid() == 0: os.chown(path, -1, 7)
                os.chmod(path, 0o2755)
                os.setxattr(path, "system.posix_acl_default", acl)
            """
        let places = ["work", "cache"].map { project.directory("project/\($0)") }
        try runChecked(["python3", "-c", script] + places)
        try project.giveToUser(keepingGroups: true)
        try project.script("mkosi.prepare", "umask 022; mkdir -p $BUILDROOT/d; echo x > $BUILDROOT/d/f")
        try project.script("mkosi.postinst", "umask 022; mkdir $BUILDROOT/e; echo x > $BUILDROOT/d/g")
        for incremental in ["no", "yes"] {
            let result = try project.mkosi(
                [
                    "-f", "--incremental=\(incremental)", "--workspace-directory=\(places[0])",
                    "--cache-directory=\(places[1])",
                ]
            )
            #expect(result.succeeded, "\(result)")
            let lines = try project.list("/image")
            expect(
                project,
                lines,
                [(".", "0o40755 0:0"), ("d", "0o40755 0:0"), ("e", "0o40755 0:0"), ("d/g", "0o100644 0:0")]
            )
            #expect(!lines.contains { $0.contains("posix_acl") }, "\(lines)")
        }
    }
}
