import Execution
import Glibc
import Support
import System
import TestSupport
import Testing

@Suite struct KernelTests {
    static let users = TestUser.available

    @Test(arguments: users) func devicesWork(user: TestUser) throws {
        let result = try SandboxProgram(user: user).shell(
            bareSystem + ["--become-root"],
            """
            set -e
            ls /dev | tr '\\n' ' '
            echo gone > /dev/null
            test "$(head -c 3 /dev/zero | od -An -tx1)" = " 00 00 00"
            test "$(head -c 8 /dev/urandom | wc -c)" = 8
            ! echo x > /dev/full
            (echo out > /dev/stdout) | cat
            touch /dev/shm/file
            test -c /dev/pts/ptmx
            script -qec 'tty' /dev/null | tr -d '\\r'
            """
        )
        #expect(
            result.outputLines == [
                "fd full null ptmx pts random shm stderr stdin stdout tty urandom zero out", "/dev/pts/0",
            ],
            "\(result)"
        )
    }

    @Test(arguments: users) func onlyTheSandboxsProcessesAreSeen(user: TestUser) throws {
        let result = try SandboxProgram(user: user).shell(
            bareSystem + ["--become-root"],
            "cd /proc; echo [0-9]*; readlink self; echo $$"
        )
        let lines = result.outputLines
        #expect(lines.first?.split(separator: " ").count ?? 9 <= 3, "\(result)")
        #expect(lines.first?.hasPrefix("1 ") == true)
        #expect(lines.last.map { Int($0) ?? 99 < 5 } == true)
    }

    @Test(arguments: users) func theRunningKernelIsNotChanged(user: TestUser) throws {
        let result = try SandboxProgram(user: user).shell(
            bareSystem + ["--sys", "/sys", "--become-root"],
            """
            cat /proc/sys/vm/swappiness > /proc/sys/vm/swappiness && echo changed
            echo x > /sys/new && echo made
            ls /sys/class /sys/block /sys/firmware; nproc
            """
        )
        #expect(!result.output.contains("changed"), "\(result)")
        #expect(!result.output.contains("made"))
        #expect(try result.outputLines.last == run(["/usr/bin/nproc"]).outputLines.last)
    }

    @Test(arguments: users) func aNetworkOfItsOwnHasOnlyALoopback(user: TestUser) throws {
        let result = try SandboxProgram(user: user).shell(
            bareSystem + ["--unshare-net", "--resolv-conf", "/etc/resolv.conf", "--become-root"],
            "tail -n +3 /proc/net/dev | cut -d: -f1 | tr -d ' '; cat /sys/class/net/lo/flags; ls /etc/resolv.conf"
        )
        #expect(result.outputLines == ["lo"], "\(result)")
        #expect(!result.succeeded)
        let loopback = try SandboxProgram(user: user).shell(
            bareSystem + ["--unshare-net", "--become-root"],
            "perl -MIO::Socket::INET -e '"
                + "$s = IO::Socket::INET->new(Listen => 1, LocalAddr => q(127.0.0.1)) or die; "
                + "IO::Socket::INET->new(PeerAddr => q(127.0.0.1), PeerPort => $s->sockport) or die; print 1'"
        )
        #expect(loopback.output == "1", "\(loopback)")
    }

    @Test func theResolverComesWithTheNetwork() throws {
        let directory = try TemporaryDirectory(openToAll: true)
        try directory.makeDirectory("tree/etc")
        symlink("../run/systemd/resolve/stub-resolv.conf", directory("tree/etc/resolv.conf"))
        let result = try SandboxProgram().shell(
            bareSystem + ["--bind", directory("tree"), "/t", "--resolv-conf", "/etc/resolv.conf"]
                + ["--resolv-conf", "/t/etc/resolv.conf"],
            "cmp /etc/resolv.conf /t/etc/resolv.conf && cat /t/etc/resolv.conf; echo x > /etc/resolv.conf"
        )
        #expect(try result.output == Files.readText("/etc/resolv.conf"), "\(result)")
        #expect(result.errors.contains("Read-only file system"))
        // The link of the tree is covered and neither replaced nor followed.
        #expect(try Files.list(directory("tree")) == ["etc"])
    }

    @Test(arguments: users) func theHostNameIsTheSandboxsOwn(user: TestUser) throws {
        let before = try run(["/bin/uname", "-n"]).output
        let result = try SandboxProgram(user: user)(["--hostname", "inside", "--become-root", "--", "uname", "-n"])
        #expect(result.output == "inside\n")
        #expect(try run(["/bin/uname", "-n"]).output == before)
    }
}
