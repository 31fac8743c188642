import Execution
import Glibc
import Support
import System
import TestSupport
import Testing

/// Whatever changes, a build that takes what it can from the cache gives what a build from nothing gives.
@Suite(.serialized)
struct MutationTests {
    /// `$MKOSI_MUTATIONS` changes.
    private static let count =
        Environment.variable("MKOSI_MUTATIONS").flatMap { Int($0) } ?? (Soak.isEnabled ? 400 : 8)
    private static let seed = SeededRandom.seed

    @Test("Random changes of everything that a build reads: the cached build is that from nothing")
    func mutations() throws {
        print("seed of the mutations: \(Self.seed)")
        let project = try ChangingProject(seed: Self.seed)
        var done = 0
        var built = 0
        while done < Self.count {
            let change = try project.change()
            if try compare(project, change) {
                built += 1
                project.needsResolving = false
                try project.accept()
            } else {
                try project.reject()
            }
            done += 1
        }
        print("\(done) mutations, \(built) of them gave an image")
        let verify = try project.tiny.mkosi(["cache", "verify"], limit: 300)
        #expect(verify.succeeded, "\(verify)")
        #expect(project.tiny.workspaces.isEmpty)
        // Where most builds failed little was compared.
        #expect(built * 4 > done * 3, "only \(built) of \(done) gave an image")
    }

    /// Builds with and without the cache at the same time; false where both refuse.
    private func compare(_ project: ChangingProject, _ change: String) throws -> Bool {
        let tiny = project.tiny
        let outputs = ["cached", "clean"].map { tiny.directory("outputs/\($0)") }
        for path in outputs {
            TemporaryDirectory.remove(path)
            try Files.makeDirectories(path)
        }
        try tiny.directory.makeDirectory("other-home")
        let force = project.needsResolving ? "-ff" : "-f"
        let log = tiny.directory("clean.log")
        let logFile = try Descriptor.open(log, O_WRONLY | O_CREAT | O_TRUNC, mode: 0o644)
        let null = try Descriptor.open("/dev/null", O_RDONLY)
        var plan = ChildProcess.Plan(
            path: try Stage.mkosi,
            arguments: ["--incremental=no", "-O", outputs[1], "-f", "build"] + project.arguments,
            environment: plainEnvironment + [
                "HOME=\(tiny.directory("other-home"))", "MKOSI_PLUGIN_PATH=\(try TinyProject.pluginPath)",
            ],
            descriptors: [null.number, logFile.number, logFile.number]
        )
        plan.workingDirectory = tiny.project
        var clean = try ChildProcess(plan)
        let cached = try tiny.mkosi(["--incremental=yes", "-O", outputs[0], force, "build"] + project.arguments)
        let status = clean.wait(milliseconds: 60_000)
        func explain() -> String {
            """
            seed \(Self.seed), change \(change)
            --- changes
            \(project.log.suffix(30).joined(separator: "\n"))
            --- cached
            \(cached)
            --- clean: \(status)
            \((try? Files.readText(log)) ?? "")
            """
        }
        guard cached.status == status else {
            Issue.record("one build fails, the other does not: \(explain())")
            try keepForInspection(project)
            return false
        }
        guard cached.succeeded else {
            if Environment.variable("MKOSI_TEST_VERBOSE") != nil { print("\(change): \(cached.errorLines.last ?? "")") }
            return false
        }
        let difference = try run(
            ["sh", "-euc", Self.compare, "sh"] + outputs,
            in: tiny.directory.path
        )
        guard difference.succeeded else {
            Issue.record("the outputs differ: \(difference.output)\n\(explain())")
            try keepForInspection(project)
            return false
        }
        if Environment.variable("MKOSI_TEST_VERBOSE") != nil { print(change) }
        return true
    }

    /// Compares names, modes and contents; where they differ, the contents of archives too.
    private static let compare = """
        for side in "$1" "$2"; do (cd "$side" && find . -printf '%P %y %m %l\\n' | sort) > "$side.list"; done
        diff "$1.list" "$2.list"
        status=0
        for file in $(cd "$1" && find . -type f); do
            cmp "$1/$file" "$2/$file" && continue
            status=1
            for side in "$1" "$2"; do
                mkdir -p "$side.tree"
                tar --full-time --numeric-owner -tvf "$side/$file" > "$side.list" || true
                tar -xf "$side/$file" -C "$side.tree" || true
            done
            diff "$1.list" "$2.list" | head -40 || true
            diff -r "$1.tree" "$2.tree" | head -40 || true
            rm -r "$1.tree" "$2.tree"
        done
        exit $status
        """

    /// With `$MKOSI_TEST_KEEP` the project of a failure stays there.
    private func keepForInspection(_ project: ChangingProject) throws {
        guard let place = Environment.variable("MKOSI_TEST_KEEP") else { return }
        try runChecked(["cp", "-a", project.tiny.directory.path, "\(place)/\(Self.seed)-\(project.log.count)"])
    }
}
