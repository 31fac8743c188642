import Execution
import Glibc
import Support
import System
import TestSupport
import Testing

@Suite("Several images of a project")
struct SeveralImageTests {
    /// A project with these subimages, each with a script of a kind.
    private func project(
        _ images: [String: String],
        script: String = "postinst",
        configuration: String = "",
        of subimage: String = ""
    ) throws -> TinyProject {
        let tiny = try TinyProject(configuration: configuration)
        try tiny.directory.makeDirectory("project/out")
        for (name, text) in images {
            let directory = "project/mkosi.images/\(name)"
            try tiny.directory.write(
                "[Output]\nFormat=tar\n[Content]\nPackages=hello\n\(subimage)\n",
                to: "\(directory)/mkosi.conf"
            )
            if text.isEmpty { continue }
            try tiny.directory.write("#!/bin/sh\n\(text)\n", to: "\(directory)/mkosi.\(script)", mode: 0o755)
        }
        return tiny
    }

    /// Leaves a mark, and waits for that of another image.
    private func meet(_ own: String, _ other: String) -> String {
        """
        touch "$SRCDIR/out/\(own)"
        for n in $(seq 200); do [ -e "$SRCDIR/out/\(other)" ] && exit 0; sleep 0.05; done
        exit 7
        """
    }

    @Test("Images that do not depend on each other are built in parallel")
    func together() throws {
        let tiny = try project(["one": meet("a", "b"), "two": meet("b", "a")])
        let result = try tiny.build(["--jobs", "2", "--output-directory", "images"])
        #expect(result.succeeded, "\(result)")
        #expect(result.tasks("postinst", of: "one").count == 1)
        let events = result.events
        #expect(events.contains { $0.kind == "output" && $0.image == "two" })
        let main = events.firstIndex { $0.kind == "image-started" && $0.image == "main" } ?? 0
        let finished = events[..<main].filter { $0.kind == "image-finished" && $0["result"] == "success" }
        #expect(finished.count == 2, "the main image did not wait")
        #expect(tiny.workspaces.isEmpty)
    }

    @Test("The first failure ends all others at once, names its image, and nothing stays")
    func failure() throws {
        let broken = "touch \"$SRCDIR/out/a\"; sleep 0.3; exit 3"
        let tiny = try project(["broken": broken, "slow": "touch \"$SRCDIR/out/b\"; sleep 1000"])
        let result = try tiny.mkosi(["--jobs", "2", "--output-directory", "images"])
        #expect(result.status == .exited(1))
        #expect(!result.timedOut)
        let errors = result.errors.split(separator: "\n").filter { $0.hasPrefix("‣ error:") }
        #expect(errors.count == 1)
        #expect(errors.first?.contains("Cannot build the image broken: The script ") == true, "\(result)")
        #expect(tiny.workspaces.isEmpty)
        #expect(((try? Files.list("\(tiny.project)/images")) ?? []).isEmpty)
    }

    @Test(
        "Ended by a signal while several images are made, a build leaves nothing",
        arguments: [SIGINT, SIGTERM, SIGKILL]
    )
    func signals(_ signal: CInt) throws {
        let names = ["one", "two", "three"]
        let scripts = names.map { ($0, "touch \"$SRCDIR/out/\($0)\"; sleep 1000") }
        let tiny = try project(Dictionary(uniqueKeysWithValues: scripts))
        let null = try Descriptor.open("/dev/null", O_RDWR)
        var plan = ChildProcess.Plan(
            path: try Stage.mkosi,
            arguments: ["--jobs", "3", "--output-directory", "images"],
            environment: try tiny.environment(),
            descriptors: [null.number, null.number, null.number]
        )
        plan.workingDirectory = tiny.project
        var build = try ChildProcess(plan)
        for _ in 0..<400 where try Files.list("\(tiny.project)/out").count < names.count { usleep(25_000) }
        kill(build.pid, signal)
        let status = build.wait()
        #expect(status == (signal == SIGKILL ? .signalled(SIGKILL) : .exited(128 + signal)))
        #expect(try tiny.traces().isEmpty)
        #expect(((try? Files.list("\(tiny.project)/images")) ?? []).isEmpty)
    }

    @Test("Build scripts have the directory that they build in for themselves")
    func sources() throws {
        let text = """
            mkdir "$SRCDIR/out/busy" || touch "$SRCDIR/out/together"
            sleep 0.5
            rmdir "$SRCDIR/out/busy" || true
            """
        let tiny = try project(["one": text, "two": text], script: "build")
        try tiny.directory.makeDirectory("build")
        let options = ["--jobs", "2", "--output-directory", "images", "-f"]
        for place in [[], ["--build-directory", tiny.directory("build")]] {
            let result = try tiny.mkosi(options + place)
            #expect(result.succeeded, "\(result)")
            #expect(!Files.exists("\(tiny.project)/out/together"))
        }
    }

    @Test("Build scripts that build in directories of their own run in parallel")
    func ownDirectories() throws {
        let tiny = try project(["one": meet("a", "b"), "two": meet("b", "a")], script: "build")
        try tiny.directory.makeDirectory("build")
        let options = ["--jobs", "2", "--build-directory", tiny.directory("build"), "--build-key", "&I"]
        let result = try tiny.mkosi(options + ["--output-directory", "images"])
        #expect(result.succeeded, "\(result)")
    }

    @Test("Images with the same packages install them once, whoever comes first")
    func sharedLayers() throws {
        let names = ["a", "b", "c", "d", "e", "f"]
        let tiny = try project(Dictionary(uniqueKeysWithValues: names.map { ($0, "") }))
        let result = try tiny.build(["--jobs", "4", "-i", "--debug", "--output-directory", "images"])
        #expect(result.succeeded, "\(result)")
        #expect(result.tasks("install").count == 1, "\(result)")
        let shared = result.errors.split(separator: "\n").filter { $0.contains("has requested the same packages") }
        #expect(shared.count == names.count, "\(result)")
        #expect(try Files.list("\(tiny.project)/images").filter { $0.hasSuffix(".tar.zst") }.count == names.count)
        // -ff builds everything once, also where images come one after the other.
        let again = try tiny.build(["--jobs", "1", "-i", "-ff", "--output-directory", "images"])
        #expect(again.succeeded, "\(again)")
        #expect(again.tasks("install").count == 1)
        let first = try Files.read("\(tiny.project)/images/a.tar.zst")
        for name in names { #expect(try Files.read("\(tiny.project)/images/\(name).tar.zst") == first) }
    }

    @Test("An output that is being built is not cleaned, and it is said who builds it")
    func cleaning() throws {
        let tiny = try TinyProject()
        let script = "#!/bin/sh\ntouch \"$SRCDIR/begun\"\nwhile [ ! -e \"$SRCDIR/end\" ]; do sleep 0.05; done\n"
        try tiny.directory.write(script, to: "project/mkosi.postinst", mode: 0o755)
        let null = try Descriptor.open("/dev/null", O_RDWR)
        var plan = ChildProcess.Plan(
            path: try Stage.mkosi,
            arguments: ["build", "--with-network", "no"],
            environment: try tiny.environment(),
            descriptors: [null.number, null.number, null.number]
        )
        plan.workingDirectory = tiny.project
        var build = try ChildProcess(plan)
        for _ in 0..<400 where !Files.exists("\(tiny.project)/begun") { usleep(50_000) }
        for arguments in [["clean"], ["clean", "-ff"], ["-f"]] {
            let result = try tiny.mkosi(arguments)
            #expect(result.status == .exited(1))
            let sentence = "Another build of \(tiny.project)/image.tar is running: process \(build.pid) of "
            #expect(result.errors.contains(sentence), "\(result)")
            #expect(result.errors.contains(" in \(tiny.project), since "))
        }
        // Other outputs are left alone.
        try tiny.directory.write("", to: "project/end")
        let other = try tiny.mkosi(["--output", "other"])
        #expect(other.succeeded, "\(other)")
        #expect(build.wait() == .exited(0))
        #expect(tiny.outputs.contains("image.tar"))
        #expect(try tiny.mkosi(["clean"]).succeeded)
        #expect(!tiny.outputs.contains("image.tar"))
    }
}
