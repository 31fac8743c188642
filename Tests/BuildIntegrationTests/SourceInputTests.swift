import Support
import System
import TestSupport
import Testing

/// The project's own directory is the source of build scripts, with everything that mkosi finds there by its name.
@Suite("Sources in the project's directory")
struct SourceInputTests {
    private func project() throws -> TinyProject {
        let tiny = try TinyProject(configuration: "Incremental=yes\n[Output]\nOutput=app")
        try tiny.script("mkosi.build", "mkdir -p $DESTDIR/srv; cp -a . $DESTDIR/srv/sources; echo run >> $BUILDDIR/log")
        try tiny.directory.makeDirectory("project/mkosi.builddir")
        return tiny
    }

    /// How often build scripts have run.
    private func runs(_ tiny: TinyProject) throws -> Int {
        try runChecked(["sh", "-c", "cat \"$1\"/mkosi.builddir/*/log", "sh", tiny.project]).outputLines.count
    }

    @Test(
        "What no other input covers is a source, whatever it is called",
        arguments: [
            "app/main.c", "mkosi.packages/own.txt", "mkosi.sysupdate/file", "mkosi.credentials/file", "mkosi.key",
            "mkosi.crt",
        ]
    )
    func changed(path: String) throws {
        let tiny = try project()
        try tiny.directory.write("old\n", to: "project/\(path)", mode: 0o600)
        #expect(try tiny.mkosi().succeeded)
        #expect(try tiny.mkosi(["-f"]).succeeded)
        #expect(try runs(tiny) == 1)
        try tiny.directory.write("new\n", to: "project/\(path)", mode: 0o600)
        let result = try tiny.mkosi(["-f"])
        #expect(try result.succeeded && runs(tiny) == 2, "\(result)")
        let file = try runChecked(["tar", "-xOf", "\(tiny.project)/app.tar", "srv/sources/\(path)"])
        #expect(file.output == "new\n")
    }

    @Test("Outputs and the link to them do not count")
    func outputs() throws {
        let tiny = try project()
        #expect(try tiny.mkosi(["--incremental=no"]).succeeded)
        for arguments in [["-f"], ["-f"], ["-f", "--environment=NEW=1"]] {
            #expect(try tiny.mkosi(arguments).succeeded)
        }
        #expect(try runs(tiny) == 3, "once without the cache, once with it, once for another variable")
        #expect(Paths.linkTarget("\(tiny.project)/app") == "app.tar")
    }

    @Test("What has the name of the output and is none stays, whatever is built and cleaned")
    func clean() throws {
        for kind in ["directory", "file", "link"] {
            let tiny = try project()
            switch kind {
            case "directory": try tiny.directory.write("source\n", to: "project/app/main.c")
            case "file": try tiny.directory.write("program\n", to: "project/app", mode: 0o755)
            default: try runChecked(["ln", "-s", "mkosi.conf", "\(tiny.project)/app"])
            }
            let before = try runChecked(["ls", "-lR", "\(tiny.project)/app"]).output
            for arguments in [[], ["-f"], ["-ff"], ["clean"], ["-ff", "clean"]] {
                let result = try tiny.mkosi(arguments)
                #expect(result.succeeded, "\(result)")
                let after = try runChecked(["ls", "-lR", "\(tiny.project)/app"]).output
                #expect(after == before, "\(kind) after \(arguments)")
            }
            #expect(!Files.exists("\(tiny.project)/app.tar"))
        }
    }
}
