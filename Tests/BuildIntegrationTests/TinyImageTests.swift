import Execution
import Support
import System
import TestSupport
import Testing

@Suite(.serialized)
struct TinyImageTests {
    @Test("An image has the packages, the project's trees and the settings, and nothing is left behind")
    func wholeImage() throws {
        let tiny = try TinyProject(
            configuration: """
                Hostname=tester
                RootPassword=hashed:abc
                Locale=C.UTF-8
                Timezone=Europe/Berlin
                RemoveFiles=/usr/share/extra
                """
        )
        try tiny.directory.write("extra\n", to: "project/mkosi.extra/usr/share/own/file", mode: 0o600)
        try tiny.directory.write("skeleton\n", to: "project/mkosi.skeleton/etc/skeleton")
        let result = try tiny.mkosi()
        #expect(result.succeeded, "\(result)")
        let list = try runChecked(["tar", "--numeric-owner", "-tvf", "\(tiny.project)/image.tar"]).outputLines
        func line(_ name: String) -> String { list.first { $0.hasSuffix(" \(name)") } ?? "" }
        #expect(line("usr/bin/hello").hasPrefix("-rwsr-xr-x 0/0"), "\(list)")
        #expect(line("var/mail/").hasPrefix("drwxrwsr-x 0/8"))
        #expect(line("var/spool/").hasPrefix("drwx------ 33/33"))
        #expect(line("etc/shadow").hasPrefix("-rw-r----- 0/42"))
        #expect(line("usr/share/own/file").hasPrefix("-rw------- 0/0"))
        #expect(list.contains { $0.contains("hello-again link to usr/bin/hello") })
        let shadow = try runChecked(["tar", "-xOf", "\(tiny.project)/image.tar", "etc/shadow"])
        #expect(shadow.output == "root:abc:19000:0:99999:7:::\n")
        for (file, text) in [
            ("etc/hostname", "tester\n"), ("etc/locale.conf", "LANG=C.UTF-8\n"),
            ("etc/machine-id", "uninitialized\n"), ("etc/skeleton", "skeleton\n"),
        ] {
            #expect(try runChecked(["tar", "-xOf", "\(tiny.project)/image.tar", file]).output == text)
        }
        #expect(tiny.workspaces.isEmpty)
    }

    @Test("The name without extension leads to the output, unless something else has that name")
    func nameWithoutExtension() throws {
        let tiny = try TinyProject()
        #expect(try tiny.mkosi().succeeded)
        #expect(try runChecked(["readlink", "\(tiny.project)/image"]).output == "image.tar\n")
        #expect(try tiny.mkosi(["-f", "--compress-output=xz"]).succeeded)
        #expect(try runChecked(["readlink", "\(tiny.project)/image"]).output == "image.tar.xz\n")
        try tiny.directory.makeDirectory("project/own")
        #expect(try tiny.mkosi(["-f", "--output=own"]).succeeded)
        #expect(Files.isDirectory("\(tiny.project)/own"))
        #expect(tiny.outputs.contains("own.tar"))
        #expect(try tiny.mkosi(["clean"]).succeeded)
        #expect(!tiny.outputs.contains("image"))
    }

    @Test("An output that exists is kept without --force, and replaced with it")
    func force() throws {
        let tiny = try TinyProject()
        #expect(try tiny.mkosi().succeeded)
        let identify = ["stat", "--format=%i", "\(tiny.project)/image.tar"]
        let first = try runChecked(identify).output
        let again = try tiny.mkosi()
        #expect(again.succeeded, "\(again)")
        #expect(again.errors.contains("image.tar already exists"))
        #expect(again.errors.contains("--force"))
        #expect(try runChecked(identify).output == first)
        #expect(try tiny.mkosi(["-f"]).succeeded)
        #expect(try runChecked(identify).output != first)
    }

    @Test("A directory keeps what a tar file keeps", arguments: TestUser.available)
    func directory(user: TestUser) throws {
        let tiny = try TinyProject(user: user, format: "directory")
        let result = try tiny.mkosi()
        #expect(result.succeeded, "\(result)")
        #expect(Files.isExecutable("\(tiny.project)/image/usr/bin/hello"))
        let new = try runChecked(["find", "\(tiny.project)/image", "-newermt", "@1600000000"]).outputLines
        #expect(new.isEmpty, "\(new)")
        // A second build replaces a tree that holds files of other users.
        #expect(try tiny.mkosi(["-f"]).succeeded)
        let clean = try tiny.mkosi(["clean"])
        #expect(clean.succeeded, "\(clean)")
        #expect(tiny.outputs.isEmpty)
    }

    @Test("A format that makes nothing makes nothing")
    func none() throws {
        let tiny = try TinyProject(format: "none")
        let result = try tiny.mkosi()
        #expect(result.succeeded, "\(result)")
        #expect(tiny.outputs.isEmpty)
    }

    @Test("The manifest lists every package")
    func manifest() throws {
        let tiny = try TinyProject(configuration: "[Output]\nManifestFormat=json")
        #expect(try tiny.mkosi().succeeded)
        let text = try Files.readText("\(tiny.project)/image.manifest")
        #expect(text.contains("\"hello\""))
        #expect(text.contains("\"manifest_version\": 1"))
    }

    @Test("Checksum= lists the digests as sha256sum reads them")
    func checksum() throws {
        let tiny = try TinyProject(configuration: "[Validation]\nChecksum=yes")
        #expect(try tiny.mkosi().succeeded)
        try runChecked(["sha256sum", "--check", "image.SHA256SUMS"], in: tiny.project)
    }
}
