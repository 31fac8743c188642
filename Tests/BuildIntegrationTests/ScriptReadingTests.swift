import Execution
import Glibc
import Support
import System
import TestSupport
import Testing

/// Scripts may read all build sources and the whole configuration; only what they have read makes them run again.
@Suite
struct ScriptReadingTests {
    /// A prepare script, and what is changed before the next build.
    struct Case: Sendable, CustomTestStringConvertible {
        var script: String
        var change: String
        var runs: Bool
        var testDescription: String { "\(script): \(change)" }
    }

    private static let edit = "echo changed > src/file"
    private static let editOther = "echo changed > src/directory/file"
    private static let configure = "printf '[Content]\\nHostname=other\\n' > mkosi.conf.d/a.conf"

    private static let cases: [Case] = [
        // Nothing is read; but scripts can see without opening anything which files there are.
        Case(script: "true", change: edit, runs: false),
        Case(script: "true", change: configure, runs: false),
        Case(script: "true", change: "\(edit); \(editOther); \(configure)", runs: false),
        Case(script: "[ ! -e \"$SRCDIR/new\" ] || true", change: "touch src/new", runs: true),
        Case(script: "[ ! -x file ] || true", change: "chmod 755 src/file", runs: true),
        Case(script: "[ -s file ] || true", change: ": > src/file", runs: true),
        Case(script: "readlink link", change: "ln -sf directory/file src/link", runs: true),
        Case(script: "true", change: "rm src/directory/file", runs: true),
        Case(script: "true", change: "printf '[Build]\\nEnvironment=NEW=1\\n' > mkosi.conf.d/a.conf", runs: true),
        // One file.
        Case(script: "cat file", change: edit, runs: true),
        Case(script: "cat file", change: editOther, runs: false),
        Case(script: "cat file", change: "touch -d @1500000000 src/file", runs: true),
        Case(script: "cat file", change: "touch -d @1500000000 src/directory/file", runs: false),
        Case(script: "cat file", change: "\(editOther); \(configure)", runs: false),
        Case(script: "cat link", change: edit, runs: true),
        Case(script: "cd directory; cat file", change: editOther, runs: true),
        Case(script: "(cat $SRCDIR/directory/file) &\nwait", change: editOther, runs: true),
        Case(script: ": < $SRCDIR/directory/file", change: editOther, runs: true),
        Case(script: "cp -p file /tmp", change: edit, runs: true),
        Case(script: "python3 -c 'open(\"directory/file\").read()'", change: editOther, runs: true),
        Case(script: "sh ./directory/file || true", change: editOther, runs: true),
        Case(script: "mkosi-chroot sh -c ': < /work/src/file'", change: edit, runs: true),
        Case(script: "mkosi-chroot sh -c ': < /work/src/file'", change: editOther, runs: false),
        // A list of files is all of them.
        Case(script: "ls -l", change: edit, runs: true),
        Case(script: "echo *", change: editOther, runs: true),
        Case(script: "echo *", change: configure, runs: false),
        Case(script: "find directory -size +1c", change: edit, runs: true),
        // Who changes the sources may have read anything.
        Case(script: "echo new > written", change: edit, runs: true),
        // The configuration.
        Case(script: "cat \"$MKOSI_CONFIG\"", change: configure, runs: true),
        Case(script: "cat \"$MKOSI_CONFIG\"", change: edit, runs: false),
        Case(script: "cat \"$MKOSI_CONFIG\" file", change: editOther, runs: false),
    ]

    @Test("Only what a script has read makes it run again", arguments: Soak.sample(cases, every: 5))
    func reads(_ entry: Case) throws {
        let project = try InputProject(hasScripts: false)
        try project.tiny.script("mkosi.prepare", entry.script)
        #expect(try project.build().steps.contains("prepare"))
        try runChecked(["sh", "-euc", entry.change], in: project.tiny.project)
        #expect(try project.plan().contains("prepare") == entry.runs)
        let (steps, result) = try project.build()
        #expect(steps.contains("prepare") == entry.runs, "\(result)")
        #expect(try project.tiny.mkosi(["cache", "verify"]).succeeded)
    }

    @Test("All sources are inputs of build scripts, which open only what is newer than what they have made of it")
    func building() throws {
        let project = try InputProject(hasScripts: false)
        try project.tiny.directory.makeDirectory("project/mkosi.builddir")
        try project.tiny.script(
            "mkosi.build",
            """
            for name in file directory/file; do
                made="$BUILDDIR/$(echo $name | tr / -)"
                [ "$made" -nt "$SRCDIR/$name" ] || cat "$SRCDIR/$name" > "$made"
                mkdir -p "$DESTDIR/made"; cp "$made" "$DESTDIR/made"
            done
            """
        )
        for name in ["file", "directory/file", "file", "directory/file"] {
            _ = try project.build()
            try runChecked(["sh", "-c", "sleep 0.01; echo changed >> src/\(name)"], in: project.tiny.project)
            #expect(try project.build().steps.contains("build"))
            let image = "\(project.tiny.project)/mkosi.output/image.tar"
            let made = "made/\(name.split(separator: "/").joined(separator: "-"))"
            let source = try Files.readText("\(project.tiny.project)/src/\(name)")
            #expect(try runChecked(["tar", "-xOf", image, made]).output == source)
        }
        // The configuration is another matter.
        try project.tiny.directory.write("[Content]\nHostname=other\n", to: "project/mkosi.conf.d/a.conf")
        #expect(try !project.build().steps.contains("build"))
    }

    /// Changes a file meanwhile.
    private static func editor(_ script: String, _ path: String) throws -> ChildProcess {
        let null = try Descriptor.open("/dev/null", O_RDWR)
        return try ChildProcess(
            ChildProcess.Plan(
                path: "/bin/sh",
                arguments: ["-c", script, path],
                environment: plainEnvironment,
                descriptors: [null.number, null.number, null.number]
            )
        )
    }

    @Test("Who wipes the build directory wants to see build scripts run")
    func wiping() throws {
        let project = try InputProject(hasScripts: false)
        try project.tiny.directory.makeDirectory("project/mkosi.builddir")
        try project.tiny.script("mkosi.build", #"date +%N > "$OUTPUTDIR/moment""#)
        let moment = "\(project.tiny.project)/mkosi.output/moment"
        _ = try project.build()
        let first = try Files.readText(moment)
        _ = try project.build()
        #expect(try Files.readText(moment) == first)
        #expect(try project.plan(["-w"]).contains("build"))
        _ = try project.build(["-w"])
        #expect(try Files.readText(moment) != first)
    }

    @Test("An overlay hides what is opened: then all sources count")
    func ephemeral() throws {
        let project = try InputProject(hasScripts: false)
        try project.tiny.script("mkosi.prepare", "cat file")
        let options = ["--build-sources-ephemeral=yes"]
        _ = try project.build(options)
        try project.tiny.directory.write("changed\n", to: "project/src/directory/file")
        #expect(try project.build(options).steps.contains("prepare"))
    }

    @Test("What was built before is found again, and a plan says what was read of what has changed")
    func back() throws {
        let project = try InputProject(hasScripts: false)
        try project.tiny.script("mkosi.prepare", #"cp file "$BUILDROOT/copy""#)
        let contents = ["one", "two", "one", "three", "two"]
        for (index, text) in contents.enumerated() {
            try project.tiny.directory.write("\(text)\n", to: "project/src/file")
            // What is not read is different each time.
            try project.tiny.directory.write("\(index)\n", to: "project/src/directory/file")
            try runChecked(["touch", "-d", "@1400000000", "\(project.tiny.project)/src/file"])
            let isNew = contents.firstIndex(of: text) == index
            #expect(try project.build().steps.contains("prepare") == isNew, "\(index)")
            let image = "\(project.tiny.project)/mkosi.output/image.tar"
            #expect(try runChecked(["tar", "-xOf", image, "copy"]).output == "\(text)\n")
        }
        try project.tiny.directory.write("[Content]\nHostname=new\n", to: "project/mkosi.conf.d/b.conf")
        try project.tiny.directory.write("four\n", to: "project/src/file")
        let plan = try project.tiny.mkosi(["plan"])
        #expect(plan.output.contains("source /work/src/file: "), "\(plan)")
        #expect(!plan.output.contains("$MKOSI_CONFIG"), "\(plan)")
    }

    @Test("What was made of sources that changed meanwhile is not found again, also when they are put back")
    func putBack() throws {
        let project = try InputProject(hasScripts: false)
        try project.tiny.script("mkosi.build", #"sleep 2; mkdir "$DESTDIR/srv"; cp file "$DESTDIR/srv/copy""#)
        let file = "\(project.tiny.project)/src/file"
        let copy = project.tiny.directory("copy")
        try runChecked(["cp", "-p", file, copy])
        var editor = try Self.editor(#"sleep 1; echo other >"$0""#, file)
        _ = try project.build()
        _ = editor.wait()
        try runChecked(["cp", "-p", copy, file])
        _ = try project.build()
        let image = "\(project.tiny.project)/mkosi.output/image.tar"
        #expect(try runChecked(["tar", "-xOf", image, "srv/copy"]).output == "src file\n")
    }

    @Test("A source that changes while scripts run is not taken for what they have read")
    func race() throws {
        let project = try InputProject(hasScripts: false)
        try project.tiny.script("mkosi.prepare", #"cat file >"$BUILDROOT/copy"; sleep 3"#)
        var editor = try Self.editor(#"sleep 1.5; echo later >"$0""#, "\(project.tiny.project)/src/file")
        _ = try project.build()
        _ = editor.wait()
        _ = try project.build()
        let image = "\(project.tiny.project)/mkosi.output/image.tar"
        #expect(try runChecked(["tar", "-xOf", image, "copy"]).output == "later\n")
    }
}
