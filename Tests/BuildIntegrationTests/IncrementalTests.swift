import Execution
import Glibc
import Support
import System
import TestSupport
import Testing

@Suite
struct IncrementalTests {
    private static func project() throws -> TinyProject {
        let tiny = try TinyProject(configuration: "Incremental=yes")
        try tiny.directory.write("one\n", to: "project/mkosi.skeleton/etc/skeleton")
        try tiny.directory.write("one\n", to: "project/mkosi.extra/etc/extra")
        try tiny.giveToUser()
        return tiny
    }

    private static func layers(_ tiny: TinyProject) -> [String] {
        ((try? Files.list(tiny.directory("home/.cache/mkosi/layers"))) ?? []).filter { $0.utf8.count == 64 }
    }

    /// The steps that a build has taken from the cache.
    private static func reused(_ result: RunResult) -> Set<String> { result.steps("cached") }

    private static func reusesPackages(_ result: RunResult) -> Bool { reused(result).contains("packages") }

    /// The layers of a step.
    private static func layers(_ tiny: TinyProject, of step: String) throws -> Int {
        try tiny.mkosi(["cache", "list"]).output.split(separator: "\n").filter { $0.contains(" \(step) ") }.count
    }

    @Test("The second build starts from the layer of the first and gives the same bytes as one without it")
    func same() throws {
        let tiny = try Self.project()
        let first = try tiny.build()
        #expect(first.succeeded && !Self.reusesPackages(first), "\(first)")
        let image = try Files.read("\(tiny.project)/image.tar")
        let second = try tiny.build(["-f"])
        #expect(second.succeeded && Self.reusesPackages(second), "\(second)")
        #expect(second.tasks("install").isEmpty, "\(second)")
        #expect(try Files.read("\(tiny.project)/image.tar") == image)
        #expect(try tiny.build(["-f", "--incremental=no"]).succeeded)
        #expect(try Files.read("\(tiny.project)/image.tar") == image)
        #expect(try Self.layers(tiny, of: "packages") == 1)
        #expect(try tiny.mkosi(["cache", "verify"]).succeeded)
    }

    @Test(
        "What the layer's steps read makes them run again",
        arguments: [
            ["--environment=A=b"], ["--with-docs=no"], ["--source-date-epoch=1600000001"],
            ["--release=2"],
        ]
    )
    func changedSetting(arguments: [String]) throws {
        let tiny = try Self.project()
        #expect(try tiny.build().succeeded)
        let changed = try tiny.build(["-f"] + arguments)
        #expect(changed.succeeded && !Self.reusesPackages(changed), "\(changed)")
        let again = try tiny.build(["-f"] + arguments)
        #expect(again.succeeded && Self.reusesPackages(again), "\(again)")
    }

    @Test("A further package is installed on top of those that are there, and gives the same image")
    func addition() throws {
        let tiny = try Self.project()
        #expect(try tiny.build(["--package=extra"]).succeeded)
        let image = try Files.read("\(tiny.project)/image.tar")
        #expect(try tiny.build(["-ff"]).succeeded)
        let more = try tiny.build(["-f", "--package=extra"])
        #expect(more.succeeded && Self.reusesPackages(more) && more.steps("success").contains("packages+1"), "\(more)")
        #expect(try Files.read("\(tiny.project)/image.tar") == image)
        let again = try tiny.build(["-f", "--package=extra"])
        #expect(again.succeeded && Self.reused(again).contains("packages+1"), "\(again)")
        // What is taken away is not there any more.
        let less = try tiny.build(["-f"])
        #expect(less.succeeded && Self.reusesPackages(less) && !Self.reused(less).contains("packages+1"), "\(less)")
        #expect(try runChecked(["tar", "-tf", "\(tiny.project)/image.tar"]).output.contains("share/extra") == false)
    }

    @Test("Further packages come on top of the build packages, too, each time only those that are new")
    func additionBesideBuildPackages() throws {
        let tiny = try Self.project()
        let script = "test -e $BUILDROOT/usr/bin/hello && ls $BUILDROOT/usr/share > $DESTDIR/seen"
        try tiny.script("mkosi.build", script)
        try tiny.directory.write(
            "[Content]\nPackages=\nPackages=base\nBuildPackages=hello\n",
            to: "project/mkosi.conf.d/build.conf"
        )
        #expect(try tiny.build().succeeded)
        let more = try tiny.build(["-f", "--package=extra"])
        try #require(more.succeeded, "\(more)")
        #expect(Self.reused(more) == ["packages", "build-packages"], "\(more)")
        let image = try Files.read("\(tiny.project)/image.tar")
        let again = try tiny.build(["-f", "--package=extra"])
        #expect(Self.reused(again).isSuperset(of: ["packages+1", "build-packages+1", "build"]), "\(again)")
        #expect(try tiny.build(["-f", "--package=extra", "--incremental=no"]).succeeded)
        #expect(try Files.read("\(tiny.project)/image.tar") == image)
    }

    @Test("Without a change nothing runs, and the output stays as it is")
    func unchanged() throws {
        let tiny = try Self.project()
        try tiny.directory.write("#!/bin/sh\ncp $SRCDIR/source $DESTDIR/\n", to: "project/mkosi.build")
        try tiny.directory.write("one\n", to: "project/source")
        try runChecked(["chmod", "+x", "\(tiny.project)/mkosi.build"])
        #expect(try tiny.build().succeeded)
        let identity = ["stat", "-c", "%i %Z %s", "\(tiny.project)/image.tar"]
        let first = try runChecked(identity).output
        let text = try Files.readText("\(tiny.project)/mkosi.conf")
        try Files.write("# A comment\n\(text)".utf8, to: "\(tiny.project)/mkosi.conf")
        let second = try tiny.build(["-f"])
        #expect(second.succeeded && second.keepsOutput, "\(second)")
        #expect(try runChecked(identity).output == first)
        // A file that was touched is made again, from what is there.
        try runChecked(["touch", "\(tiny.project)/image.tar"])
        let third = try tiny.build(["-f"])
        #expect(third.succeeded && third.tasks("assemble").count == 1 && Self.reused(third).contains("removal"))
        try tiny.directory.write("two\n", to: "project/source")
        let fourth = try tiny.build(["-f"])
        #expect(fourth.succeeded && Self.reused(fourth) == ["packages"], "\(fourth)")
        #expect(try runChecked(["tar", "-xOf", "\(tiny.project)/image.tar", "source"]).output == "two\n")
    }

    @Test("So do the content, the mode and the time of files that they copy")
    func changedTree() throws {
        let tiny = try Self.project()
        #expect(try tiny.build().succeeded)
        let path = "\(tiny.project)/mkosi.skeleton/etc/skeleton"
        let write = ["sh", "-c", "echo two > \(path)"]
        for change in [write, ["chmod", "600", path], ["touch", "-d", "@1500000000", path]] {
            try runChecked(change)
            let changed = try tiny.build(["-f"])
            #expect(changed.succeeded && !Self.reusesPackages(changed), "\(change): \(changed)")
        }
        let list = try runChecked(["tar", "-xOf", "\(tiny.project)/image.tar", "etc/skeleton"]).output
        #expect(list == "two\n")
    }

    @Test(
        "What only later steps read does not",
        arguments: [
            ["--hostname=other"], ["--root-shell=/bin/other"], ["--output=other"],
        ]
    )
    func unrelatedSetting(arguments: [String]) throws {
        let tiny = try Self.project()
        #expect(try tiny.mkosi(["lock"]).succeeded)
        #expect(try tiny.build().succeeded)
        try tiny.directory.write("two\n", to: "project/mkosi.extra/etc/extra")
        let text = try Files.readText("\(tiny.project)/mkosi.conf")
        try Files.write("# A comment\n\(text)".utf8, to: "\(tiny.project)/mkosi.conf")
        let changed = try tiny.build(["-f"] + arguments)
        #expect(changed.succeeded && Self.reusesPackages(changed), "\(changed)")
    }

    @Test("Packages stay what they were until -ff, which builds the layer again")
    func twiceForced() throws {
        let tiny = try Self.project()
        #expect(try tiny.build().succeeded)
        let image = try Files.read("\(tiny.project)/image.tar")
        try runChecked([
            "python3", TinyProject.fixture("tiny-release.py"), tiny.directory("repository"), "hello", "2.0",
        ])
        #expect(try tiny.build(["-f"]).succeeded)
        #expect(try Files.read("\(tiny.project)/image.tar") == image)
        let forced = try tiny.build(["-ff"])
        #expect(
            forced.succeeded
                && forced.events.contains { $0.kind == "packages-resolved" && $0["source"] == "repositories" },
            "\(forced)"
        )
        #expect(try Files.read("\(tiny.project)/image.tar") != image)
    }

    @Test("Incremental=strict makes no layer, and says what is not as it was")
    func strict() throws {
        let tiny = try Self.project()
        let missing = try tiny.build(["--incremental=strict"])
        #expect(missing.status == .exited(1) && missing.errors.contains("Incremental=strict"), "\(missing)")
        #expect(try tiny.build().succeeded)
        #expect(try tiny.build(["-f", "--incremental=strict"]).succeeded)
        let changed = try tiny.build(["-f", "--incremental=strict", "--package=extra"])
        #expect(changed.status == .exited(1) && changed.errors.contains("+ package extra"), "\(changed)")
    }

    @Test("A layer that was changed is found and can be removed; gc keeps to its limit")
    func damage() throws {
        let tiny = try Self.project()
        #expect(try tiny.build().succeeded)
        let list = try tiny.mkosi(["cache", "list"])
        let line = try #require(list.output.split(separator: "\n").first { $0.contains(" packages ") }, "\(list)")
        let layer = try #require(Self.layers(tiny).first { line.hasPrefix($0.prefix(16)) })
        try runChecked(["touch", tiny.directory("home/.cache/mkosi/layers/\(layer)/tree/usr/planted")])
        let damaged = try tiny.mkosi(["cache", "verify"])
        #expect(damaged.status == .exited(1) && damaged.output.contains(layer), "\(damaged)")
        #expect(try tiny.mkosi(["cache", "verify", "-f"]).status == .exited(1))
        #expect(!Self.layers(tiny).contains(layer))
        #expect(try tiny.build(["-f"]).succeeded)
        #expect(try tiny.mkosi(["cache", "gc", "1G"]).succeeded)
        #expect(Self.layers(tiny).contains(layer))
        #expect(try tiny.mkosi(["cache", "gc", "0"]).succeeded)
        #expect(Self.layers(tiny).isEmpty)
        #expect(try tiny.mkosi(["cache", "gc", "much"]).status == .exited(2))
    }

    @Test("A build that fails while it makes a layer leaves none, and the next one is right")
    func failing() throws {
        let tiny = try Self.project()
        let path = tiny.directory("repository/hello.tar")
        let whole = try Files.read(path)
        try Files.write(whole.map { $0 ^ 1 }, to: path)
        #expect(try tiny.build().status == .exited(1))
        #expect(Self.layers(tiny).isEmpty)
        let names = try Files.list(tiny.directory("home/.cache/mkosi/layers"))
        #expect(!names.contains { $0.hasPrefix("pending-") || $0.hasPrefix("dead-") }, "\(names)")
        try Files.write(whole, to: path)
        #expect(try tiny.build().succeeded)
        #expect(try tiny.mkosi(["cache", "verify"]).succeeded)
    }

    @Test("Build packages have a layer on top of that of the image, which records the layer below it")
    func buildPackages() throws {
        let tiny = try Self.project()
        try tiny.directory.write("#!/bin/sh\ntest -e $BUILDROOT/usr/share/extra\n", to: "project/mkosi.build")
        try runChecked(["chmod", "+x", "\(tiny.project)/mkosi.build"])
        let first = try tiny.build(["--build-package=extra"])
        #expect(first.succeeded, "\(first)")
        let image = try Files.read("\(tiny.project)/image.tar")
        let second = try tiny.build(["-f", "--build-package=extra"])
        #expect(
            second.succeeded && Self.reused(second).isSuperset(of: ["packages", "build-packages", "build"]),
            "\(second)"
        )
        #expect(second.tasks("install").isEmpty, "\(second)")
        #expect(try Files.read("\(tiny.project)/image.tar") == image)
        #expect(try Self.layers(tiny, of: "build-packages") == 1)
        #expect(try tiny.mkosi(["cache", "verify"]).succeeded)
        let script = try tiny.build(["-f", "--build-package=extra", "--build-package=late"])
        #expect(script.status == .exited(1) && Self.reusesPackages(script), "\(script)")
        try tiny.directory.write("two\n", to: "project/mkosi.skeleton/etc/skeleton")
        let below = try tiny.build(["-f", "--build-package=extra"])
        #expect(below.succeeded && Self.reused(below).isEmpty, "\(below)")
        #expect(try tiny.build(["-f", "clean"]).succeeded)
        #expect(try Self.layers(tiny, of: "build-packages") == 1)
    }

    @Test("Killed at any moment, a build leaves only whole layers, and the next one gives the right bytes")
    func killed() throws {
        let tiny = try Self.project()
        let whole = try tiny.build()
        #expect(whole.succeeded, "\(whole)")
        let image = try Files.read("\(tiny.project)/image.tar")
        let null = try Descriptor.open("/dev/null", O_RDWR)
        for moment in 0..<12 {
            // Another environment, another layer; the image has nothing of it.
            let arguments = ["-f", "--environment=MOMENT=\(moment)"]
            var plan = ChildProcess.Plan(
                path: try Stage.mkosi,
                arguments: arguments,
                environment: try tiny.environment(),
                descriptors: [null.number, null.number, null.number]
            )
            plan.workingDirectory = tiny.project
            var build = try ChildProcess(plan)
            usleep(UInt32(whole.seconds * Double(moment) / 12 * 1_000_000))
            kill(build.pid, SIGKILL)
            _ = build.wait()
            let verify = try tiny.mkosi(["cache", "verify"])
            #expect(verify.succeeded, "after \(moment): \(verify)")
            let next = try tiny.build(arguments)
            #expect(next.succeeded, "after \(moment): \(next)")
            #expect(try Files.read("\(tiny.project)/image.tar") == image, "after \(moment)")
        }
        let names = try Files.list(tiny.directory("home/.cache/mkosi/layers"))
        #expect(!names.contains { $0.hasPrefix("pending-") || $0.hasPrefix("dead-") }, "\(names)")
    }

    @Test("Builds at the same time share what they make")
    func together() throws {
        let tiny = try Self.project()
        let script = #"for n in 1 2 3; do "$1" --output=n$n & done; wait; for n in 1 2 3; do test -e n$n.tar; done"#
        let result = try run(
            ["sh", "-euc", script, "sh", Stage.mkosi],
            environment: tiny.environment(),
            in: tiny.project
        )
        #expect(result.succeeded, "\(result)")
        #expect(try Files.read("\(tiny.project)/n1.tar") == Files.read("\(tiny.project)/n3.tar"))
        #expect(try Self.layers(tiny, of: "packages") == 1)
        #expect(try tiny.mkosi(["cache", "verify"]).succeeded)
    }

    @Test("Every kind of user has layers of their own", arguments: TestUser.available)
    func user(user: TestUser) throws {
        let tiny = try TinyProject(user: user, configuration: "Incremental=yes")
        let first = try tiny.build()
        #expect(first.succeeded, "\(first)")
        let image = try Files.read("\(tiny.project)/image.tar")
        let second = try tiny.build(["-f"])
        #expect(second.succeeded && Self.reusesPackages(second), "\(second)")
        #expect(try Files.read("\(tiny.project)/image.tar") == image)
        #expect(try tiny.mkosi(["cache", "verify"]).succeeded)
    }

    @Test("Layers whose files belong to another range of ids are not taken", .needsRoot)
    func otherRange() throws {
        let tiny = try TinyProject(user: .ordinaryWithRange, configuration: "Incremental=yes")
        #expect(try tiny.build().succeeded)
        let command = tiny.user.command(
            [try Stage.mkosi, "--progress-fd=3", "-f", "--timezone=UTC"],
            home: tiny.directory("home")
        )
        let other = command.map { $0 == "mkosi-test:1000000:65536" ? "mkosi-test:2000000:65536" : $0 }
        #expect(other != command)
        let result = try run(other, environment: tiny.environment(), in: tiny.project, collectsEvents: true)
        #expect(result.succeeded && result.tasks("install").count == 1, "\(result)")
        #expect(try tiny.imageList().contains { $0.contains(" 33/33 ") && $0.hasSuffix("var/spool/") })
    }

    @Test("A store of another user is named", .needsRoot)
    func otherUser() throws {
        let tiny = try TinyProject(user: .ordinary, configuration: "Incremental=yes\nCacheDirectory=cache")
        try tiny.directory.makeDirectory("project/cache/layers")
        try runChecked(["chmod", "700", "\(tiny.project)/cache/layers"])
        let result = try tiny.build()
        #expect(!result.succeeded && result.errors.contains("it belongs to user 0"), "\(result)")
        #expect(result.errors.contains("CacheDirectory="))
    }

    @Test("Another library or another choice of a program on the host changes the key", .needsRoot)
    func machine() throws {
        let tiny = try TinyProject(configuration: "Incremental=yes")
        try tiny.script("mkosi.build", "true")
        try runChecked(["cp", "-a", "/etc/alternatives", tiny.directory("alternatives")])
        let links = tiny.directory("alternatives")
        func build(_ mount: String) throws -> Bool {
            let words = ["unshare", "--mount", "sh", "-euc", "\(mount); shift; exec \"$@\"", "sh", links]
            let result = try run(
                words + [Stage.mkosi, "--progress-fd=3", "-f"],
                environment: tiny.environment(),
                in: tiny.project,
                collectsEvents: true
            )
            #expect(result.succeeded, "\(result)")
            return !result.tasks("build").isEmpty
        }
        #expect(try build("true"))
        #expect(try !build("mount --bind \"$1\" /etc/alternatives"))
        #expect(try build("mount -t tmpfs none /usr/include"))
        try runChecked(["ln", "-sfn", "/bin/true", "\(links)/awk"])
        #expect(try build("mount --bind \"$1\" /etc/alternatives"))
    }

    @Test("Build packages are chosen again when prepare scripts install something else", arguments: [false, true])
    func prepared(bySources: Bool) throws {
        let tiny = try TinyProject(configuration: "Incremental=yes\nBuildPackages=extra")
        try tiny.script("mkosi.build", "true")
        let facts = #"{"name":"extra","version":"2","architecture":"x86_64","needs":[]}"#
        try tiny.directory.write("\(facts)\n", to: "project/facts")
        let script = #"[ ! -s facts ] || cp "$SRCDIR/facts" "$BUILDROOT/usr/share/tiny/extra.json""#
        try tiny.script("mkosi.prepare", script)
        let first = try tiny.build()
        #expect(first.succeeded, "\(first)")
        if bySources {
            try tiny.directory.write("", to: "project/facts")
        } else {
            try tiny.script("mkosi.prepare", "true")
        }
        try tiny.script("mkosi.build", "[ -e $BUILDROOT/usr/share/extra ]")
        let result = try tiny.build(["-f"])
        #expect(result.succeeded, "\(result)")
        // A plan knows what is there, too.
        let plan = try tiny.mkosi(["plan"])
        #expect(plan.output.contains("reuse   build-packages"), "\(plan)")
        #expect(!plan.output.contains("run     build-packages"), "\(plan)")
    }
}
