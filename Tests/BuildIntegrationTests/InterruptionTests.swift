import Execution
import Glibc
import Support
import System
import TestSupport
import Testing

@Suite(.serialized)
struct InterruptionTests {
    @Test("Ended at 20 moments by three signals, a build leaves nothing, and the next one passes")
    func signals() throws {
        let tiny = try TinyProject()
        let whole = try tiny.mkosi()
        #expect(whole.succeeded, "\(whole)")
        let image = try Files.read("\(tiny.project)/image.tar")
        for name in tiny.outputs { unlink("\(tiny.project)/\(name)") }
        let null = try Descriptor.open("/dev/null", O_RDWR)
        for moment in 0..<20 {
            let signal = [SIGINT, SIGTERM, SIGKILL][moment % 3]
            let delay = whole.seconds * Double(moment) / 20
            var plan = ChildProcess.Plan(
                path: try Stage.mkosi,
                arguments: ["-f"],
                environment: try tiny.environment(),
                descriptors: [null.number, null.number, null.number]
            )
            plan.workingDirectory = tiny.project
            var build = try ChildProcess(plan)
            usleep(UInt32(delay * 1_000_000))
            // Only the program itself: what it started has to notice.
            kill(build.pid, signal)
            let status = build.wait()
            if signal == SIGKILL {
                #expect(status == .signalled(SIGKILL) || status == .exited(0))
            } else {
                #expect([0, 128 + Int(signal), Int(128 + signal)].contains(status.code), "\(status) at \(delay)")
            }
            let traces = try tiny.traces()
            #expect(traces.isEmpty, "signal \(signal) after \(delay) s left \(traces)")
            // Ended while it cleaned up, it has a whole image; before, none.
            for name in tiny.outputs.sorted() {
                #expect(["image", "image.tar"].contains(name))
                #expect(try Files.read("\(tiny.project)/\(name)") == image)
                unlink("\(tiny.project)/\(name)")
            }
        }
        let next = try tiny.mkosi()
        #expect(next.succeeded, "\(next)")
    }

    @Test(
        "Killed while outputs are copied to another file system, a build leaves nothing there",
        .needsRoot
    )
    func killedWhilePlacing() throws {
        let tiny = try TinyProject()
        try tiny.directory.write(String(repeating: "x", count: 40_000_000), to: "project/mkosi.extra/large")
        // A busy machine may let the copy end before anybody looks: then the next build is watched. What is left is
        // gone when the janitor had its turn, which may take a while there, too.
        let script = """
            mount -t tmpfs -o size=300m other "$2" && cd "$3" || exit 1
            copying() { for file in "$PWD"/.mkosi-*/0; do [ ! -e "$file" ] || return 0; done; return 1; }
            for attempt in 1 2 3 4 5 6 7 8 9 10; do
                "$1" -f --workspace-directory "$2" &
                build=$!
                caught=
                while kill -0 $build 2>/dev/null; do
                    if copying; then caught=1; kill -9 $build; break; fi
                done
                wait $build
                [ -z "$caught" ] || break
            done
            [ -n "$caught" ] || { echo "no build was caught while it copied" >&2; exit 8; }
            for n in $(seq 120); do
                [ -n "$(ls -A "$2")$(ls -A "$3" | grep '^[.]mkosi')" ] || exit 0
                sleep 0.25
            done
            ls -A "$2" "$3" >&2
            exit 9
            """
        try tiny.directory.makeDirectory("other")
        let result = try run(
            ["unshare", "--mount", "bash", "-c", script, "sh", Stage.mkosi, tiny.directory("other"), tiny.project],
            environment: tiny.environment(),
            limit: 120
        )
        #expect(result.succeeded, "\(result)")
    }

    @Test("A second build of the same output says who holds it; one of another output runs in parallel")
    func twoBuilds() throws {
        let tiny = try TinyProject()
        let first = try tiny.mkosi()
        #expect(first.succeeded)
        let script = """
            cd "$2"
            for n in 1 2 3 4 5 6; do "$1" -f > /dev/null 2> "log$n" & done
            wait
            grep -c 'Another build of .* is running: process [0-9]' log1 log2 log3 log4 log5 log6 | grep -c ':1$'
            """
        let result = try run(
            ["sh", "-c", script, "sh", Stage.mkosi, tiny.project],
            environment: tiny.environment()
        )
        #expect((Int(result.outputLines.last ?? "") ?? 0) >= 1, "\(result)")
        #expect(tiny.workspaces.isEmpty)
    }
}
