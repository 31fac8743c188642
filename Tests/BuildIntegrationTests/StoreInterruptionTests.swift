import Execution
import Glibc
import Support
import System
import TestSupport
import Testing

/// Builds that are killed, that run out of space, and that run in parallel: the store holds whole layers only.
@Suite(.serialized)
struct StoreInterruptionTests {
    private static func number(_ name: String, or standard: Int) -> Int {
        Environment.variable(name).flatMap { Int($0) } ?? standard
    }

    private static let seed = SeededRandom.seed

    /// A project of which every kind of step has something to do, and its image as a build from nothing makes it.
    private static func project(large: Bool = false) throws -> (tiny: TinyProject, image: [UInt8]) {
        let tiny = try TinyProject(
            configuration: """
                [Output]
                Seed=0e9a6fe0-68f6-408c-bbeb-136054d20445
                [Content]
                BuildPackages=extra
                RemoveFiles=/srv/removed
                [Build]
                Incremental=yes
                BuildSources=src
                """
        )
        for tree in ["mkosi.skeleton", "mkosi.extra", "src"] {
            for number in 0..<30 {
                try tiny.directory.write("\(tree) \(number)\n", to: "project/\(tree)/srv/\(tree)/\(number)")
            }
        }
        if large {
            for tree in ["mkosi.skeleton", "mkosi.extra"] {
                try tiny.directory.write(
                    String(repeating: tree, count: 60_000),
                    to: "project/\(tree)/srv/large-\(tree)"
                )
            }
        }
        try tiny.script("mkosi.prepare", "echo $1 > $BUILDROOT/etc/prepare; sleep 0.02")
        try tiny.script(
            "mkosi.build",
            "mkdir -p $DESTDIR/opt; cp -r $SRCDIR/. $DESTDIR/opt; echo a > $OUTPUTDIR/artifact"
        )
        try tiny.script("mkosi.postinst", "cat $BUILDROOT/etc/prepare $OUTPUTDIR/artifact > $BUILDROOT/etc/postinst")
        try tiny.script("mkosi.finalize", "sleep 0.02; n=$(find $BUILDROOT | wc -l); echo $n > $BUILDROOT/etc/finalize")
        let clean = try tiny.mkosi(["--incremental=no"])
        guard clean.succeeded else { throw Failure(.command, "\(clean)") }
        return (tiny, try Files.read("\(tiny.project)/image.tar"))
    }

    /// What a build needs to be another one, and to make the same image.
    private static func other(_ moment: Int) -> [String] { ["--environment=MOMENT=\(moment)"] }

    @Test(
        "Killed at random moments, builds leave a sound store and nothing else, and the next one gives the right bytes"
    )
    func killed() throws {
        var random = SeededRandom(seed: Self.seed)
        print("seed of the moments: \(Self.seed)")
        let (tiny, image) = try Self.project()
        let whole = try tiny.mkosi(["-f"] + Self.other(-1))
        #expect(whole.succeeded, "\(whole)")
        let wanted = Self.number("MKOSI_KILLS", or: 12)
        var (killed, moment) = (0, -1)
        // How long a build takes changes with what else the machine does.
        var duration = whole.seconds
        // Builds that were at their end before do not count.
        while killed < wanted, moment < 5 * wanted {
            moment += 1
            // Some go on from what killed ones have left.
            let arguments = ["-f"] + Self.other(moment / 3)
            let delay = duration * Double.random(in: 0...1.1, using: &random)
            let withGroup = random.below(2) == 0
            if try !Self.kill(tiny, arguments, after: delay, withGroup: withGroup) {
                killed += 1
            } else {
                duration *= 0.9
            }
            let traces = try Self.traces(of: tiny)
            #expect(traces.isEmpty, "moment \(moment), killed after \(delay) s: \(traces)")
            let verify = try tiny.mkosi(["cache", "verify"])
            #expect(verify.succeeded, "moment \(moment), killed after \(delay) s: \(verify)")
            guard moment % 3 == 2 else { continue }
            let next = try tiny.mkosi(arguments)
            #expect(next.succeeded, "moment \(moment): \(next)")
            #expect(try Files.read("\(tiny.project)/image.tar") == image, "moment \(moment)")
            #expect(try Self.rests(of: tiny).isEmpty, "moment \(moment)")
        }
        print("\(killed) builds were killed, and \(moment + 1 - killed) at their end before that")
        #expect(killed == wanted)
    }

    @Test(
        "Out of space at many moments, a build says so, leaves a sound store, and passes when there is room",
        .needsRoot
    )
    func full() throws {
        let (tiny, image) = try Self.project(large: true)
        for place in ["cache", "workspace", "output"] { try tiny.directory.makeDirectory(place) }
        try Files.write(image, to: tiny.directory("image"))
        // Each of the three is small in turn; the sizes run from nothing to what is enough.
        let script = """
            mkosi=$1 directory=$2 place=$3 size=$4 moment=$5
            set -u
            mount -t tmpfs -o size=${size}k small "$directory/$place"
            build() {
                "$mkosi" -f --environment=MOMENT=$moment --cache-directory "$directory/cache" \\
                    --workspace-directory "$directory/workspace" -O "$directory/output" > "$directory/log" 2>&1
            }
            if build; then echo enough; else
                grep -q -i -e 'no space' -e 'full' -e 'room' "$directory/log" || { echo "no reason"; cat "$directory/log"; }
            fi
            left=$(ls -A "$directory/workspace" "$directory/output" | grep -e mkosi-workspace -e '^[.]mkosi')
            [ -z "$left" ] || { echo "left: $left"; }
            "$mkosi" --cache-directory "$directory/cache" cache verify > "$directory/verify" 2>&1 || {
                echo "not sound"; cat "$directory/verify"
            }
            mount -o remount,size=300m "$directory/$place"
            build || { echo "fails with room"; cat "$directory/log"; }
            cmp "$directory/output/image.tar" "$directory/image" || echo "other bytes"
            ls "$directory/cache/layers" | grep -e '^pending' -e '^dead' -e '^making'
            umount "$directory/$place" || { echo "busy"; cat /proc/mounts; }
            exit 0
            """
        let moments = Self.number("MKOSI_FULL_DISKS", or: 9)
        var failed = 0
        for moment in 0..<moments {
            let place = ["cache", "workspace", "output"][moment % 3]
            let most = place == "cache" ? 3000 : 1500
            let size = 16 + most * (moment / 3) / max(1, moments / 3)
            let result = try run(
                ["unshare", "--mount", "sh", "-c", script, "sh", Stage.mkosi, tiny.directory.path, place]
                    + ["\(size)", "\(moment)"],
                environment: tiny.environment(),
                in: tiny.project
            )
            if result.output.isEmpty { failed += 1 }
            #expect(
                result.succeeded && ["", "enough\n"].contains(result.output),
                "\(place) with \(size) KiB: \(result.output)\(result.errors)"
            )
        }
        print("\(failed) of \(moments) builds ran out of space")
        #expect(failed * 3 >= moments)
        #expect(try Self.traces(of: tiny).isEmpty)
    }

    @Test("Builds of one project and of others at once share a store, and each has the right bytes")
    func together() throws {
        let (tiny, image) = try Self.project()
        // The same project elsewhere, and one that is different.
        try runChecked(["cp", "-a", tiny.project, tiny.directory("copy")])
        try runChecked(["cp", "-a", tiny.project, tiny.directory("different")])
        try tiny.directory.write("different\n", to: "different/mkosi.skeleton/srv/different")
        let script = """
            mkosi=$1 directory=$2 moment=$3
            for project in project copy different; do
                for n in 1 2; do
                    (cd "$directory/$project" && exec "$mkosi" -f --environment=MOMENT=$moment -O "$directory/out-$project-$n") \\
                        > "$directory/log-$project-$n" 2>&1 &
                done
            done
            if [ "$4" = kill ]; then sleep 0.$(( moment * 137 % 900 + 100 )); kill -9 $! ; fi
            wait
            """
        for moment in 0..<Self.number("MKOSI_ROUNDS", or: 4) {
            for project in ["project", "copy", "different"] {
                for n in 1...2 { try tiny.directory.makeDirectory("out-\(project)-\(n)") }
            }
            let kills = moment % 2 == 1
            let result = try run(
                ["sh", "-c", script, "sh", Stage.mkosi, tiny.directory.path, "\(moment)", kills ? "kill" : ""],
                environment: tiny.environment()
            )
            #expect(!result.timedOut, "\(result)")
            for name in ["project-1", "project-2", "copy-1", "copy-2"] {
                let path = tiny.directory("out-\(name)/image.tar")
                let isRight = try Files.exists(path) && Files.read(path) == image
                #expect(
                    isRight,
                    "round \(moment), \(name): \((try? Files.readText(tiny.directory("log-\(name)"))) ?? "")"
                )
            }
            var others: [[UInt8]] = []
            for name in ["different-1", "different-2"].prefix(kills ? 1 : 2) {
                let path = tiny.directory("out-\(name)/image.tar")
                guard Files.exists(path) else {
                    let log = (try? Files.readText(tiny.directory("log-\(name)"))) ?? ""
                    Issue.record("round \(moment), \(name): \(log)")
                    continue
                }
                others.append(try Files.read(path))
            }
            #expect(others.allSatisfy { $0 == others[0] && $0 != image }, "round \(moment)")
            #expect(try Self.traces(of: tiny).isEmpty, "round \(moment)")
            #expect(try tiny.mkosi(["cache", "verify"]).succeeded, "round \(moment)")
            try runChecked(["sh", "-c", "rm -r \"$1\"/out-*", "sh", tiny.directory.path])
        }
        #expect(try tiny.mkosi(["-f"]).succeeded)
        #expect(try Self.rests(of: tiny).isEmpty)
    }

    // MARK: - What is left

    /// Starts a build and kills it, alone or with its group; returns whether it was at its end.
    private static func kill(
        _ tiny: TinyProject,
        _ arguments: [String],
        after delay: Double,
        withGroup: Bool
    ) throws -> Bool {
        let null = try Descriptor.open("/dev/null", O_RDWR)
        var plan = ChildProcess.Plan(
            path: try Stage.mkosi,
            arguments: arguments,
            environment: try tiny.environment(),
            descriptors: [null.number, null.number, null.number]
        )
        plan.workingDirectory = tiny.project
        var build = try ChildProcess(plan)
        usleep(UInt32(delay * 1_000_000))
        _ = Glibc.kill(withGroup ? -build.pid : build.pid, SIGKILL)
        return build.wait() == .exited(0)
    }

    /// Processes, mounts of any process, workspaces and hidden outputs that still know of the project, after a while.
    private static func traces(of tiny: TinyProject) throws -> [String] {
        var found: [String] = []
        for _ in 0..<60 {
            found = tiny.workspaces + tiny.outputs.filter { $0.hasPrefix(".") }
            for pid in try Files.list("/proc") where Int(pid) != nil && pid != String(getpid()) {
                let line = (try? Files.read("/proc/\(pid)/cmdline")).map {
                    String(decoding: $0.map { $0 == 0 ? 32 : $0 }, as: UTF8.self)
                }
                if line?.contains(tiny.directory.path) == true { found.append("process \(pid): \(line ?? "")") }
            }
            for pid in try Files.list("/proc") where Int(pid) != nil {
                if (try? Files.readText("/proc/\(pid)/mountinfo"))?.contains(tiny.directory.path) == true {
                    found.append("a mount of process \(pid)")
                }
            }
            if found.isEmpty { return [] }
            usleep(50_000)
        }
        return found
    }

    /// What is in the store in addition to layers and their records.
    private static func rests(of tiny: TinyProject) throws -> [String] {
        let store = tiny.directory("home/.cache/mkosi/layers")
        let names = try Files.list(store).filter { name in
            ["pending-", "dead-", "making-"].contains { name.hasPrefix($0) }
        }
        return names + (try runChecked(["find", store, "-maxdepth", "2", "-name", "*.tmp"]).outputLines)
    }
}
