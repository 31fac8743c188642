import Execution
import Glibc
import Support
import TestSupport
import Testing

@Suite struct IdentityTests {
    static let users = TestUser.available

    @Test(arguments: users) func theProbeTellsTheIDs(user: TestUser) throws {
        let expected: [TestUser: String] = [.root: "root", .ordinaryWithRange: "range", .ordinary: "single"]
        let result = try SandboxProgram(user: user)(["--become-root", "--probe"])
        let words = result.output.split { " \n".contains($0) }.map(String.init)
        #expect(words.first == expected[user], "\(result)")
        // Where a range begins tells it from those of others.
        #expect(words.dropFirst().allSatisfy { Int($0) != nil } && words.count == (words.first == "range" ? 3 : 1))
        #expect(result.errors == "")
    }

    @Test(arguments: users) func rootInsideGivesFilesAway(user: TestUser) throws {
        let directory = try TemporaryDirectory(openToAll: true)
        let result = try SandboxProgram(user: user).shell(
            ["--bind", "/", "/", "--proc", "/proc", "--become-root", "--chdir", directory.path],
            """
            set -e
            id -u; id -g
            touch a b; chown 5:7 a; install -o man -g mail b c; ln -s x l; chown -h 3:3 l
            stat -c '%u:%g' a; setpriv --reuid 6 --regid 6 --clear-groups true
            """
        )
        #expect(result.succeeded, "\(result)")
        let owner = user == .ordinary ? "0:0" : "5:7"
        #expect(result.outputLines == ["0", "0", owner])
        var status = stat()
        #expect(lstat(directory("a"), &status) == 0)
        let outside: [TestUser: uid_t] = [.root: 5, .ordinaryWithRange: 1_000_004]
        if TestUser.isRoot { #expect(status.st_uid == outside[user] ?? TestUser.id) }
    }

    @Test(arguments: users) func withoutBecomingRootTheUserStays(user: TestUser) throws {
        let result = try SandboxProgram(user: user)(["--", "id", "-u"])
        let expected = user == .root || !TestUser.isRoot ? geteuid() : TestUser.id
        #expect(result.output == "\(expected)\n", "\(result)")
        // Mounts are allowed nevertheless.
        #expect(try SandboxProgram(user: user).shell([], "mount -t tmpfs none /mnt").succeeded)
    }

    @Test(.needsRoot) func modesCanBeDemanded() throws {
        let ordinary = SandboxProgram(user: .ordinary)
        let range = try ordinary(["--become-root", "--ids", "range", "--", "true"])
        #expect(range.status == .exited(125))
        #expect(range.errors.contains("/etc/subuid has no range of 65536 ids"))
        #expect(range.errors.contains("hint: run as root: usermod --add-subuids"))
        #expect(try ordinary(["--ids", "root", "--", "true"]).status == .exited(125))
        let single = try SandboxProgram(user: .ordinaryWithRange).shell(
            ["--become-root", "--ids", "single"],
            "wc -l < /proc/self/uid_map"
        )
        #expect(single.output == "1\n")
        let plain = try SandboxProgram(user: .root).shell(["--no-userns"], "readlink /proc/self/ns/user")
        let own = try run(["/usr/bin/readlink", "/proc/self/ns/user"])
        #expect(plain.output == own.output)
        #expect(try ordinary(["--no-userns", "--", "true"]).status == .exited(125))
    }

    @Test func devicesAreRefusedOrSuppressed() throws {
        let directory = try TemporaryDirectory(openToAll: true)
        let base = ["--bind", "/", "/", "--become-root", "--chdir", directory.path]
        let program = SandboxProgram()
        #expect(try program.shell(base, "mknod node c 1 3").status == .exited(1))
        let result = try program.shell(
            base + ["--suppress-mknod"],
            "mknod node c 1 3 && mknod disk b 8 0 && mkfifo pipe && mknod whiteout c 0 0 && touch file && ls"
        )
        #expect(result.outputLines == ["file", "pipe", "whiteout"], "\(result)")
    }

    @Test(arguments: users) func suppressedCallsReachNoDisk(user: TestUser) throws {
        let directory = try TemporaryDirectory(openToAll: true)
        // sync(2) fails on a descriptor that cannot be synchronised, such as a pipe, unless it is not made at all.
        let script =
            "sync -d /dev/null; echo $?; sync /proc/self/fd/0 < /dev/null; perl -e 'print chown(5, 7, q(\(directory.path)))'"
        let plain = try SandboxProgram(user: user).shell(["--become-root"], script)
        let suppressed = try SandboxProgram(user: user).shell(
            ["--become-root", "--suppress-sync", "--suppress-chown"],
            script
        )
        #expect(plain.outputLines.first == "1", "\(plain)")
        #expect(suppressed.outputLines == ["0", "1"], "\(suppressed)")
    }

    @Test(arguments: users) func sandboxesNest(user: TestUser) throws {
        let inner = [try SandboxProgram.path, "--unshare-net", "--"]
        let program = SandboxProgram(user: user)
        let result = try program(["--become-root", "--"] + inner + inner + ["sh", "-c", "id -u; exit 9"])
        #expect(result.output == "0\n", "\(result)")
        #expect(result.status == .exited(9))
    }

    @Test(.needsRoot) func aChrootNeedsNoUserNamespace() throws {
        let directory = try TemporaryDirectory()
        let script = """
            set -e
            mkdir usr proc dev
            mount --bind /usr usr; mount --bind "$(dirname "$1")" dev; mount -t proc proc proc
            for name in bin lib lib64; do ln -s usr/$name $name; done
            chroot . /dev/mkosi-sandbox -- /bin/sh -c 'ls /; grep CapEff /proc/self/status | tail -c 17; exit 4'
            """
        let result = try run(
            ["/usr/bin/unshare", "--mount", "/bin/sh", "-c", script, "sh", SandboxProgram.path],
            in: directory.path
        )
        #expect(result.status == .exited(4), "\(result)")
        // The capability to load modules, number 16, is gone.
        let capabilities = try #require(UInt64(result.outputLines.last ?? "", radix: 16))
        #expect(capabilities & (1 << 16) == 0)
    }

    @Test("root without capabilities is told which one is missing, as Linux lets it map nothing", .needsRoot)
    func rootWithoutCapabilities() throws {
        let bare = ["setpriv", "--bounding-set=-all", "--inh-caps=-all", "--no-new-privs", "--"]
        let result = try run(bare + [SandboxProgram.path, "--become-root", "--", "true"])
        #expect(result.status == .exited(125))
        #expect(result.errors.contains("CAP_SETFCAP"), "\(result)")
    }
}
