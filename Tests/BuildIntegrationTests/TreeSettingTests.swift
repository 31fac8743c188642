import Execution
import Support
import TestSupport
import Testing

/// Trees below and over the packages: base trees, overlays, skeletons and extra trees, as directories and as archives.
@Suite(.serialized)
struct TreeSettingTests {
    /// A project with a base image of its own, built as a directory.
    private static func withBase(_ user: TestUser, format: String = "directory") throws -> TinyProject {
        let tiny = try TinyProject(user: user)
        let result = try tiny.mkosi(["--format=\(format)", "--output=base", "--clean-package-metadata=no"])
        #expect(result.succeeded, "\(result)")
        return tiny
    }

    @Test(
        "On a base tree only what it does not have is installed, and it stays as it is",
        arguments: TestUser.sample(0)
    )
    func base(user: TestUser) throws {
        let tiny = try Self.withBase(user)
        try tiny.script("mkosi.finalize", "rm $BUILDROOT/usr/bin/hi; echo more >> $BUILDROOT/usr/bin/hello")
        let before = try runChecked(["find", "\(tiny.project)/base", "-printf", "%p %m %U %s %T@\\n"]).output
        let result = try tiny.build(["--base-tree=base", "--package=extra", "--hostname=tester"])
        #expect(result.succeeded, "\(result)")
        let resolved = result.events.first { $0.kind == "packages-resolved" }
        #expect(resolved?.list("packages").map(\.name) == ["extra"], "\(result)")
        let list = try tiny.imageList()
        func has(_ name: String) -> Bool { list.contains { $0.hasSuffix(" \(name)") } }
        #expect(has("usr/share/extra") && has("usr/bin/hello") && has("etc/hostname") && !has("usr/bin/hi"), "\(list)")
        let after = try runChecked(["find", "\(tiny.project)/base", "-printf", "%p %m %U %s %T@\\n"]).output
        #expect(before == after)
    }

    @Test("An overlay has what was changed over its base trees, and nothing else", arguments: TestUser.sample(1))
    func overlay(user: TestUser) throws {
        let tiny = try Self.withBase(user)
        try tiny.directory.write("own\n", to: "project/mkosi.extra/usr/share/own/file")
        try tiny.script("mkosi.postinst", "rm $BUILDROOT/usr/bin/hi; [ -e $BUILDROOT/etc/shadow ]")
        let result = try tiny.mkosi(["--base-tree=base", "--overlay=yes", "--package=extra"])
        #expect(result.succeeded, "\(result)")
        let names = try runChecked(["tar", "-tf", "\(tiny.project)/image.tar"]).outputLines.filter {
            !$0.hasSuffix("/")
        }
        #expect(
            names.filter { !$0.hasPrefix("usr/share/tiny/") } == [
                "etc/machine-id", "usr/share/extra", "usr/share/own/file",
            ],
            "\(names)"
        )
    }

    @Test("A base tree can be an archive, and several lie on each other in their order")
    func archives() throws {
        let tiny = try Self.withBase(.root, format: "tar")
        for (name, text) in [("one", "first\n"), ("two", "second\n")] {
            try tiny.directory.write(text, to: "project/\(name)/etc/which")
            try tiny.directory.write(text, to: "project/\(name)/etc/\(name)")
        }
        let result = try tiny.mkosi(["--base-tree=base.tar,one,two", "--package=extra"])
        #expect(result.succeeded, "\(result)")
        #expect(try tiny.imageFile("etc/which") == "second\n")
        #expect(try tiny.imageFile("etc/one") == "first\n")
        let list = try tiny.imageList()
        #expect(list.contains { $0.hasPrefix("drwxrwsr-x 0/8") && $0.hasSuffix(" var/mail/") }, "\(list)")
        #expect(list.contains { $0.hasPrefix("-rw------- 1/1") && $0.hasSuffix(" usr/share/extra") }, "\(list)")
        let missing = try tiny.mkosi(["-f", "--base-tree=nowhere"])
        #expect(missing.errors.contains("BaseTrees= names") && missing.errors.contains("does not exist"), "\(missing)")
        let wrong = try tiny.mkosi(["-f", "--base-tree=mkosi.conf"])
        #expect(wrong.errors.contains("neither a directory, a tar file nor a disk image"), "\(wrong)")
    }

    @Test("A base tree is a tar file of any compression")
    func compressions() throws {
        let tiny = try TinyProject()
        let methods = [
            ("tar", ""), ("tar.gz", "gzip"), ("tgz", "gzip"), ("tar.xz", "xz"), ("tar.zst", "zstd -q"),
            ("tar.bz2", "bzip2"), ("tar.lz4", "lz4 -q"), ("tar.lzma", "xz --format=lzma"),
        ]
        for (suffix, program) in methods {
            try tiny.directory.write("\(suffix)\n", to: "content/usr/share/base/\(suffix)", mode: 0o640)
            let options = ["-C", tiny.directory("content"), "--owner=3", "--group=4"]
            let compression = program.isEmpty ? [] : ["-I", program]
            try runChecked(["tar"] + options + compression + ["-cf", "\(tiny.project)/base.\(suffix)", "."])
            try runChecked(["rm", "-r", tiny.directory("content")])
        }
        let all = methods.map { "base.\($0.0)" }.joined(separator: ",")
        let result = try tiny.mkosi(["--base-tree=\(all)"])
        #expect(result.succeeded, "\(result)")
        let list = try tiny.imageList()
        for (suffix, _) in methods {
            #expect(list.contains { $0.hasPrefix("-rw-r----- 3/4 ") && $0.hasSuffix(" usr/share/base/\(suffix)") })
        }
        // Cut off in the middle, it is named.
        try runChecked(["truncate", "-s", "100", "\(tiny.project)/base.tar.xz"])
        let cut = try tiny.mkosi(["-f", "--base-tree=base.tar.xz"])
        #expect(cut.status == .exited(1) && cut.errors.contains("base.tar.xz"), "\(cut)")
        #expect(tiny.workspaces.isEmpty)
    }

    @Test("A base tree that is a disk which cannot be read says why, whatever its name")
    func diskImages() throws {
        let tiny = try TinyProject()
        for (name, offset, text, reason) in [
            ("base.raw", 512, "EFI PART", "Cannot read the partition table"), ("base", 0, "hsqs", "is squashfs"),
            ("base.img", 1080, "S\\357", "contradicts itself"), ("xfs", 0, "XFSB", "is xfs"),
        ] {
            let file = "\(tiny.project)/\(name)"
            try runChecked(["truncate", "-s", "1M", file])
            let script = "printf '\(text)' | dd of=\"$0\" bs=1 seek=\(offset) conv=notrunc status=none"
            try runChecked(["sh", "-c", script, file])
            let result = try tiny.mkosi(["--base-tree=\(name)"])
            #expect(result.status == .exited(1), "\(result)")
            #expect(result.errors.contains(file) && result.errors.contains(reason), "\(result)")
        }
    }

    @Test("An archive keeps its owners, a directory belongs to root, and each goes where it is told")
    func extra() throws {
        let tiny = try TinyProject()
        for name in ["mkosi.skeleton", "mkosi.extra", "other"] {
            try tiny.directory.write("\(name)\n", to: "content/etc/\(name)", mode: 0o640)
        }
        try runChecked(["chown", "-R", "5:6", tiny.directory("content")])
        try runChecked(["chmod", "0750", "\(tiny.directory("content"))/etc"])
        for (name, option) in [("mkosi.skeleton", ""), ("mkosi.extra", "--zstd"), ("other", "--xz")] {
            let suffix = name == "other" ? ".tar.xz" : ".tar"
            try runChecked(
                ["tar", "-C", tiny.directory("content"), "-cf", "\(tiny.project)/\(name)\(suffix)", "etc/\(name)"]
                    + (option.isEmpty ? [] : [option])
            )
        }
        let directory = tiny.directory("content")
        let result = try tiny.mkosi(["--extra-tree=other.tar.xz:/srv", "--extra-tree=\(directory):/opt/directory"])
        #expect(result.succeeded, "\(result)")
        let list = try tiny.imageList()
        for (owner, name) in [
            ("5/6", "etc/mkosi.skeleton"), ("5/6", "etc/mkosi.extra"), ("5/6", "srv/etc/other"),
            ("0/0", "opt/directory/etc/other"),
        ] {
            #expect(
                list.contains { $0.hasPrefix("-rw-r----- \(owner) ") && $0.hasSuffix(" \(name)") },
                "\(name): \(list)"
            )
        }
    }
}
