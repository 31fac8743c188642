import Support
import TestSupport
import Testing

/// Trees and archives that try to reach what lies outside of the image.
@Suite(.enabled(if: Stage.exists), .serialized)
struct HostileTreeTests {
    private static let names = [
        "dotdot", "absolute", "through-link", "through-relative-link", "hard-link", "hard-link-through-link",
        "write-through-link", "folder-over-link",
    ]

    /// A project with hostile archives, and a folder of the machine that must stay as it is.
    private static func project(_ configuration: String = "") throws -> TinyProject {
        let tiny = try TinyProject(configuration: configuration)
        try tiny.folder.write("secret\n", to: "outside/secret")
        try tiny.folder.makeFolder("archives")
        try runChecked([
            "python3", TinyProject.fixture("archives/hostile.py"), tiny.folder("archives"), tiny.folder("outside"),
        ])
        return tiny
    }

    private static func isUntouched(_ tiny: TinyProject) throws -> Bool {
        let escaped = try runChecked(["find", tiny.folder.path, "-name", "escaped"]).output
        return try Files.list(tiny.folder("outside")) == ["secret"] && escaped.isEmpty
            && Files.readText("\(tiny.folder("outside"))/secret") == "secret\n"
    }

    @Test("An archive leads nowhere but into the image", arguments: names)
    func archives(name: String) throws {
        let tiny = try Self.project()
        for (setting, target) in [
            ("--skeleton-tree", ""), ("--extra-tree", ":/deep/in/it"), ("--sandbox-tree", ""), ("--base-tree", ""),
        ] {
            let tar = "\(tiny.project)/\(name).tar"
            try runChecked(["cp", "\(tiny.folder("archives"))/\(name)", tar])
            let result = try tiny.mkosi(["-f", "\(setting)=\(tar)\(target)"])
            #expect(try Self.isUntouched(tiny), "\(setting) \(result)")
            // What the archive asks for cannot be had: then it is said, and nothing else happens.
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
                for name, kind, major in [("null", tarfile.CHRTYPE, 1), ("usr/bin", tarfile.CHRTYPE, 0), ("disk", tarfile.BLKTYPE, 8)]:
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
            try runChecked(["python3", "-c", script, "\(tiny.project)/nodes.tar"])
            let result = try tiny.mkosi(["-f", "\(setting)=nodes.tar"])
            #expect(result.succeeded, "\(result)")
            let list = try tiny.imageList()
            #expect(!list.contains { $0.hasPrefix("c") || $0.hasPrefix("b") }, "\(list)")
            #expect(list.contains { $0.hasPrefix("-rw-r----- 3/4") && $0.hasSuffix(" fine") }, "\(list)")
            #expect(list.contains { $0.hasSuffix(" etc/passwd") } && list.contains { $0.hasSuffix(" usr/bin/hello") })
        }
    }

    @Test("A folder with links leads nowhere but into the image")
    func links() throws {
        let tiny = try Self.project("Hostname=tester\nRootShell=/bin/own")
        let outside = tiny.folder("outside")
        try runChecked(["mkdir", "-p", "\(tiny.project)/base/usr", "\(tiny.project)/tree/etc"])
        try runChecked(["ln", "-s", outside, "\(tiny.project)/base/etc"])
        try runChecked(["ln", "-s", "../../../../../..\(outside)", "\(tiny.project)/base/var"])
        try tiny.folder.write("own\n", to: "project/tree/etc/own")
        for arguments in [["--base-tree=base", "--extra-tree=tree"], ["--skeleton-tree=base", "--extra-tree=tree"]] {
            let result = try tiny.mkosi(["-f"] + arguments)
            #expect(try Self.isUntouched(tiny), "\(result)")
        }
    }

    @Test("Links in a sandbox tree show nothing of the machine")
    func sandboxTree() throws {
        let tiny = try Self.project("VolatilePackages=late")
        try runChecked(["python3", TinyProject.fixture("tiny-package.py"), tiny.project])
        let outside = tiny.folder("outside")
        for (link, name) in [("etc/folder", ""), ("etc/file", "/secret")] {
            try runChecked(["mkdir", "-p", "\(tiny.project)/mkosi.sandbox/etc"])
            try runChecked(["ln", "-s", outside + name, "\(tiny.project)/mkosi.sandbox/\(link)"])
        }
        try runChecked(["ln", "-s", outside, "\(tiny.project)/mkosi.sandbox/var"])
        try tiny.script(
            "mkosi.build",
            "[ -L /etc/folder ]; [ ! -e /etc/file ]\n[ ! -e /var/secret ]; cp late.tar $PACKAGEDIR"
        )
        let result = try tiny.mkosi()
        #expect(result.succeeded, "\(result)")
        #expect(try Self.isUntouched(tiny))
    }

    @Test("What a script leaves among the outputs leads no later step elsewhere")
    func outputs() throws {
        let tiny = try Self.project("[Output]\nManifestFormat=json\n[Validation]\nChecksum=yes")
        let outside = tiny.folder("outside")
        try tiny.script(
            "mkosi.finalize",
            """
            ln -s \(outside)/secret $OUTPUTDIR/image.manifest
            ln -s \(outside)/secret $OUTPUTDIR/image.SHA256SUMS
            ln -s \(outside)/secret $OUTPUTDIR/other
            mkfifo $OUTPUTDIR/pipe
            """
        )
        let result = try tiny.mkosi()
        #expect(result.succeeded, "\(result)")
        #expect(try Self.isUntouched(tiny))
        #expect(try tiny.projectFile("image.manifest").contains("\"hello\""))
        let sums = try tiny.projectFile("image.SHA256SUMS")
        #expect(sums.contains("*image.tar") && !sums.contains("other") && !sums.contains("pipe"), "\(sums)")
    }
}
