import Execution
import Glibc
import Support
import System
import TestSupport
import Testing

@Suite(.needsDebian, .serialized)
struct DebianUsersTests {
    @Test("Root and a user with a range give the same image byte for byte; a user without one gives an image, too")
    func users() throws {
        var images: [TestUser: [UInt8]] = [:]
        let users = TestUser.isRoot && !Soak.isEnabled ? [.root, .ordinaryWithRange] : TestUser.available
        for user in users {
            let debian = try DebianProject(user: user)
            let result = try debian.mkosi()
            #expect(result.succeeded, "\(result)")
            let image = "\(debian.project)/image.tar"
            if user == .ordinary {
                #expect(result.errorLines.filter { $0.contains("will belong to root") }.count == 1)
                let list = try runChecked(["tar", "--numeric-owner", "-tvf", image]).output
                #expect(list.contains(" 0/0 "))
            } else {
                // Larger than what the host ever reads whole.
                images[user] = try Files.read(image, limit: 1 << 30)
            }
        }
        if images.count == 2 { #expect(images[.root] == images[.ordinaryWithRange]) }
    }

    @Test("Ended at six moments, a build leaves nothing, and the next one passes", .inSoak)
    func signals() throws {
        let debian = try DebianProject()
        // Once, so that the moments fall into the build and not into the download.
        #expect(try debian.mkosi(["--format=none"]).succeeded)
        unlink("\(debian.project)/image.manifest")
        let null = try Descriptor.open("/dev/null", O_RDWR)
        for (moment, signal) in [SIGKILL, SIGTERM, SIGKILL, SIGINT, SIGKILL, SIGTERM].enumerated() {
            var plan = ChildProcess.Plan(
                path: try Stage.mkosi,
                arguments: [],
                environment: debian.environment(),
                descriptors: [null.number, null.number, null.number]
            )
            plan.workingDirectory = debian.project
            var build = try ChildProcess(plan)
            usleep(UInt32(moment + 1) * 700_000)
            kill(build.pid, signal)
            let status = build.wait()
            if status == .exited(0) { break }
            var left: [String] = []
            // Removing a tree takes a moment; what is still there after ten seconds is left behind.
            for _ in 0..<200 {
                left = try Files.list(debian.directory("home/.cache")).filter { $0 != "mkosi" }
                if try Files.readText("/proc/self/mountinfo").contains(debian.directory.path) { left.append("a mount") }
                if left.isEmpty { break }
                usleep(50_000)
            }
            #expect(left.isEmpty, "signal \(signal) left \(left)")
            #expect(try Files.list(debian.project) == ["mkosi.conf"])
        }
        let next = try debian.mkosi()
        #expect(next.succeeded, "\(next)")
    }
}
