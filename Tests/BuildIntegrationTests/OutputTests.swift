import Execution
import Support
import System
import TestSupport
import Testing

/// What is in the output directory, from its first scripts to its last removal.
@Suite(.serialized)
struct OutputTests {
    @Test("-f removes what earlier builds made in another form, and nothing that others made", arguments: [".", "out"])
    func otherForms(directory: String) throws {
        let tiny = try TinyProject(configuration: "[Output]\nOutputDirectory=\(directory)")
        func names() throws -> Set<String> {
            Set(try Files.list("\(tiny.project)/\(directory)")).subtracting(["mkosi.conf", "out"])
        }
        #expect(try tiny.mkosi(["--checksum=yes", "--manifest-format=json"]).succeeded)
        let whole: Set = ["image", "image.tar", "image.SHA256SUMS", "image.manifest"]
        #expect(try names() == whole)
        for name in ["image.conf", "image.md", "imagetar", "other.tar"] {
            try tiny.directory.write("own\n", to: "project/\(directory)/\(name)")
        }
        let own = try names().subtracting(whole)
        // Without it, the earlier output stays, and the other one is added.
        #expect(try tiny.mkosi(["--compress-output=xz"]).succeeded)
        #expect(try names() == own.union(whole).union(["image.tar.xz"]))
        #expect(try tiny.mkosi(["-f", "--compress-output=zstd"]).succeeded)
        #expect(try names() == own.union(["image", "image.tar.zst"]))
        #expect(try runChecked(["readlink", "\(tiny.project)/\(directory)/image"]).output == "image.tar.zst\n")
        #expect(try tiny.mkosi(["-f", "--format=cpio"]).succeeded)
        #expect(try names() == own.union(["image", "image.cpio"]))
        #expect(try tiny.mkosi(["-f", "--format=directory"]).succeeded)
        #expect(try names() == own.union(["image"]))
        #expect(Files.isDirectory("\(tiny.project)/\(directory)/image/usr"))
        #expect(try tiny.mkosi(["-f", "--format=none"]).succeeded)
        #expect(try names() == own.union(["image"]))
    }

    @Test("A build that fails leaves what an earlier one made")
    func failure() throws {
        let tiny = try TinyProject()
        #expect(try tiny.mkosi().succeeded)
        let before = try Files.read("\(tiny.project)/image.tar")
        for script in ["mkosi.postoutput", "mkosi.finalize", "mkosi.clean"] {
            try tiny.script(script, "exit 5")
            let result = try tiny.mkosi(["-f", "--compress-output=xz"])
            #expect(result.status == .exited(1) && result.errors.contains("\(script) failed with exit status 5"))
            #expect(try Files.read("\(tiny.project)/image.tar") == before)
            #expect(!Files.exists("\(tiny.project)/image.tar.xz"))
            Files.remove("\(tiny.project)/\(script)")
        }
        #expect(tiny.workspaces.isEmpty)
    }

    @Test("clean removes outputs of every compression, whatever is configured now")
    func clean() throws {
        let tiny = try TinyProject()
        for compression in ["none", "xz", "zstd"] {
            #expect(try tiny.mkosi(["--compress-output=\(compression)"]).succeeded)
        }
        try tiny.directory.write("own\n", to: "project/image.md")
        #expect(try tiny.mkosi(["clean"]).succeeded)
        #expect(tiny.outputs == ["image.md"])
    }

    @Test("Clean scripts come after what mkosi removes itself, with -f, -ff and -fff, and where there is no output")
    func cleanScripts() throws {
        let tiny = try TinyProject(configuration: "[Build]\nPackageCacheDirectory=packages")
        let count = "ls $OUTPUTDIR | grep -c '^image' >> $SRCDIR/log || :"
        try tiny.script("mkosi.clean.d/1", "\(count)\nrm -f $OUTPUTDIR/*.rpm")
        try tiny.script("mkosi.clean.d/2", "[ -z \"$(ls $OUTPUTDIR/*.rpm 2>/dev/null)\" ]; echo second >> $SRCDIR/log")
        try tiny.script("mkosi.build", "echo x > $OUTPUTDIR/made.rpm")
        #expect(try tiny.mkosi().succeeded)
        #expect(Files.exists("\(tiny.project)/made.rpm") && !Files.exists("\(tiny.project)/log"))
        for option in ["-f", "-ff", "-fff"] {
            #expect(try tiny.mkosi([option]).succeeded)
            #expect(try tiny.projectFile("log").hasSuffix("second\n"))
            Files.remove("\(tiny.project)/log")
        }
        for option in ["", "-f", "-ff"] {
            let result = try tiny.mkosi(["clean"] + (option.isEmpty ? [] : [option]))
            #expect(result.succeeded, "\(result)")
            #expect(try tiny.projectFile("log") == "0\nsecond\n")
            #expect(!Files.exists("\(tiny.project)/made.rpm"))
            #expect(Files.exists("\(tiny.project)/packages/packages") == (option != "-ff"))
            Files.remove("\(tiny.project)/log")
        }
        // A build without an output is never kept from running, so its scripts always begin with a clean place.
        #expect(try tiny.mkosi(["--format=none"]).succeeded)
        #expect(try tiny.projectFile("log").hasSuffix("second\n"))
        #expect(Files.exists("\(tiny.project)/made.rpm"))
    }

    @Test("Postoutput scripts see all outputs before these have their place, and may add and change some")
    func postOutput() throws {
        let tiny = try TinyProject(configuration: "[Output]\nManifestFormat=json\n[Validation]\nChecksum=yes")
        try tiny.script(
            "mkosi.postoutput",
            """
            for name in image.tar image.manifest image.SHA256SUMS; do
                [ -e $OUTPUTDIR/$name ]; [ ! -e $SRCDIR/$name ]
            done
            [ ! -e /buildroot ]; [ -z "${BUILDROOT:-}" ]
            echo own > $OUTPUTDIR/own; echo changed > $OUTPUTDIR/image.manifest; mkdir $OUTPUTDIR/directory
            echo x > $OUTPUTDIR/directory/file
            """
        )
        let result = try tiny.mkosi()
        #expect(result.succeeded, "\(result)")
        #expect(try tiny.projectFile("own") == "own\n" && tiny.projectFile("image.manifest") == "changed\n")
        #expect(try tiny.projectFile("directory/file") == "x\n")
        #expect(!(try tiny.projectFile("image.SHA256SUMS").contains("own")))
        try tiny.script("mkosi.postoutput", "rm $OUTPUTDIR/image.tar")
        let removed = try tiny.mkosi(["-f"])
        #expect(removed.status == .exited(1) && removed.errors.contains("image.tar"), "\(removed)")
        #expect(Files.exists("\(tiny.project)/image.tar"))
    }

    @Test("What a build left next to the outputs that had no time to remove it is removed by the next one")
    func leftOver() throws {
        let tiny = try TinyProject()
        let names = [
            ".mkosi-2147483647-image.tar", ".mkosi-1-image.tar", ".mkosi-2147483647-other.tar", ".mkosi-x-image.tar",
        ]
        for name in names { try tiny.directory.write("part\n", to: "project/\(name)/0") }
        #expect(try tiny.mkosi().succeeded)
        // Process 1 is always there.
        #expect(tiny.outputs.filter { $0.hasPrefix(".") } == names.dropFirst().sorted())
    }

    @Test("A link from one output to another stays what it is")
    func links() throws {
        let tiny = try TinyProject(configuration: "Incremental=yes")
        try tiny.script("mkosi.finalize", "ln -s image.tar $OUTPUTDIR/link")
        let first = try tiny.mkosi()
        #expect(first.succeeded, "\(first)")
        #expect(try tiny.build(["-f"]).keepsOutput)
        try runChecked(["ln", "-sfn", "elsewhere", "\(tiny.project)/link"])
        #expect(try tiny.mkosi(["-f"]).succeeded)
        #expect(Paths.linkTarget("\(tiny.project)/link") == "image.tar")
    }

    @Test(
        "An output that is a link elsewhere, a pipe or a socket is refused before anything is placed",
        arguments: [
            ("finalize", "ln -s nowhere $OUTPUTDIR/odd", "is a link to nowhere"),
            ("finalize", "ln -s ./image.tar $OUTPUTDIR/odd", "is a link to ./image.tar"),
            ("postoutput", "ln -s odd $OUTPUTDIR/odd", "is a link to odd"),
            ("postoutput", "mkfifo $OUTPUTDIR/odd", "is neither a file nor a directory"),
            ("postoutput", "cd $OUTPUTDIR; mv image.tar odd; ln -s /etc/passwd image.tar", "is a link to /etc/passwd"),
        ]
    )
    func strange(kind: String, script: String, reason: String) throws {
        let tiny = try TinyProject()
        try tiny.script("mkosi.\(kind)", script)
        let result = try tiny.mkosi()
        #expect(result.status == .exited(1), "\(result)")
        #expect(result.errors.contains(reason), "\(result)")
        #expect(!tiny.outputs.contains("image.tar") && !tiny.outputs.contains("odd"), "\(tiny.outputs)")
    }
}
