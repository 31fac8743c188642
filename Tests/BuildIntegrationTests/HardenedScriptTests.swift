import Execution
import Glibc
import Support
import TestSupport
import Testing

/// What scripts of a build can and cannot do, whoever builds.
@Suite(.serialized)
struct HardenedScriptTests {
    @Test(
        "Scripts see no private keys, change no mount and no device, and make no device nodes",
        arguments: TestUser.sample(0)
    )
    func barriers(user: TestUser) throws {
        let tiny = try TinyProject(user: user)
        try tiny.script(
            "mkosi.postinst",
            """
            set +e
            try() { "$@" 2>/dev/null && echo "got through: $*"; }
            try test -e /etc/ssl/private
            try test -e /etc/pki/tls/private
            try mount -o remount,bind,rw /usr
            try umount -l /proc/sys
            try sh -c 'cat /proc/sys/kernel/core_pattern > /proc/sys/kernel/core_pattern'
            try chmod 0666 /dev/full
            try mknod $BUILDROOT/node c 1 3
            try test -e /proc/1/root\(tiny.directory("project"))/mkosi.conf
            try perl -e 'open(T, "+</dev/tty") or exit 1'
            mkdir -p $BUILDROOT/mnt; mount -t tmpfs none $BUILDROOT/mnt && umount $BUILDROOT/mnt && echo mounted
            tr '\\0' ' ' < /proc/1/cmdline; echo
            exit 0
            """
        )
        let result = try tiny.mkosi(["--environment", "TOKEN=5ecret-value"])
        #expect(result.succeeded, "\(result)")
        #expect(!result.errors.contains("got through"), "\(result)")
        #expect(result.errors.contains("  mounted"), "\(result)")
        #expect(
            result.errors.contains("--options-from-fd 3 --") && !result.errors.contains("5ecret-value"),
            "\(result)"
        )
    }

    @Test(
        "A device node is made or is an error that says why, a whiteout in an overlay too",
        arguments: TestUser.sample(1)
    )
    func deviceNodes(user: TestUser) throws {
        let tiny = try TinyProject(user: user)
        let refused = "the kernel does not allow that in a user namespace"
        let cases = [
            ("mknod $BUILDROOT/node c 1 3", "/buildroot/node: \(refused)"),
            ("cd $BUILDROOT; mknod disk b 259 70000", "disk: \(refused)"),
            ("mknod $BUILDROOT/gone c 0 0", "0:0 at /buildroot/gone: an overlay takes it for a removed file"),
        ]
        for (command, reason) in cases {
            try tiny.script("mkosi.postinst", command)
            let result = try tiny.mkosi(["-f"])
            #expect(result.status == .exited(1), "\(result)")
            #expect(result.errors.contains("Cannot create the device node \(reason)"), "\(result)")
        }
        // Elsewhere 0:0 is a node like others, as is what is no device.
        try tiny.script(
            "mkosi.postinst",
            "mknod /tmp/gone c 0 0; test -c /tmp/gone; mknod $BUILDROOT/pipe p; test -p $BUILDROOT/pipe"
        )
        let result = try tiny.mkosi(["-f"])
        #expect(result.succeeded, "\(result)")
    }

    @Test("Scripts have the caller's standard input, each what the one before has left")
    func standardInput() throws {
        let tiny = try TinyProject()
        for kind in ["postinst", "finalize"] {
            try tiny.script("mkosi.\(kind)", "head -c 5 >/dev/null; echo \(kind): $(head -n 1)")
        }
        let command = [try Stage.mkosi]
        let lines = "skip first\nskip second\nthird\n"
        // A file, which several processes share, and a pipe.
        let file = try run(command, environment: tiny.environment(), in: tiny.project, input: "skip first\n")
        #expect(file.succeeded && file.errors.contains("postinst: first"), "\(file)")
        let piped = try run(
            ["sh", "-c", "printf '\(lines.replacing("\n", with: "\\n"))' | \"$1\" -f", "sh", Stage.mkosi],
            environment: tiny.environment(),
            in: tiny.project
        )
        #expect(piped.succeeded && piped.errors.contains("postinst: first"), "\(piped)")
        try tiny.script("mkosi.postinst", "read line; echo got $line")
        try tiny.script("mkosi.finalize", "read line; echo got $line")
        let both = try run(command + ["-f"], environment: tiny.environment(), in: tiny.project, input: "one\ntwo\n")
        #expect(both.errors.contains("got one") && both.errors.contains("got two"), "\(both)")
    }

    @Test("What a script leaves in the background ends with it, and is not waited for")
    func background() throws {
        let tiny = try TinyProject()
        let mark = "94\(getpid())"
        try tiny.script("mkosi.postinst", "sleep \(mark) & setsid sleep \(mark) & echo left")
        let result = try tiny.mkosi(limit: 300)
        #expect(result.succeeded && !result.timedOut, "\(result)")
        let left = try run(["pgrep", "-f", "^sleep \(mark)"])
        #expect(left.output.isEmpty, "\(left)")
    }

    @Test("An environment of more than two megabytes reaches scripts; a variable that Linux refuses is named")
    func largeEnvironment() throws {
        let value = String(repeating: "x", count: 100_000)
        let variables = (0..<25).map { "Environment=LARGE\($0)=\(value)" }.joined(separator: "\n")
        let tiny = try TinyProject(configuration: "[Build]\n\(variables)")
        try tiny.script("mkosi.postinst", "echo ${#LARGE0} ${#LARGE24}")
        let result = try tiny.mkosi()
        #expect(
            result.succeeded && result.errors.contains("100000 100000"),
            "\(result.status) \(result.errors.suffix(500))"
        )
        let refused = try tiny.mkosi(["-f", "--environment", "LONG=\(String(repeating: "y", count: 131_000))"])
        // Together with its name it is as long as allowed.
        #expect(refused.succeeded, "\(refused.errors.suffix(500))")
        let long = try TinyProject(configuration: "[Build]\nEnvironment=LONG=\(value)\(value)")
        try long.script("mkosi.postinst", "true")
        let failed = try long.mkosi()
        #expect(failed.status == .exited(1), "\(failed.errors.suffix(500))")
        #expect(failed.errors.contains("the variable LONG has 200005 bytes"), "\(failed.errors.suffix(500))")
    }
}
