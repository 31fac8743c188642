import Execution
import Glibc
import Support
import System
import TestSupport
import Testing

/// Values of `Environment=` and `Credentials=`, passwords and proxies: who gets to see them while a build runs.
@Suite(.serialized)
struct SecretTests {
    private static let stranger = 61_298
    private static let secret = "5ecret-word"

    /// A project with a secret in every setting that may hold one, and a script of every kind.
    private static func project(_ user: TestUser) throws -> TinyProject {
        let tiny = try TinyProject(
            user: user,
            configuration: """
                RootPassword=\(secret)-root
                [Build]
                Environment=TOKEN=\(secret)-environment
                Incremental=yes
                ProxyUrl=http://user:\(secret)-proxy@127.0.0.1:9
                [Runtime]
                Credentials=key=\(secret)-credential
                """
        )
        try tiny.directory.write("FROM_FILE=\(secret)-file\n", to: "project/mkosi.env")
        try tiny.script("mkosi.configure", "sleep 0.3; cat")
        for kind in ["sync", "prepare", "build", "postinst", "finalize", "postoutput"] {
            // The shell's own words are not secret; what it runs is seen with its arguments.
            try tiny.script(
                "mkosi.\(kind)",
                "sleep 0.3; test -n \"$TOKEN\" && test -n \"$FROM_FILE\"; echo has $TOKEN >/dev/null"
            )
        }
        return tiny
    }

    @Test("With --debug no value of a variable and no password is shown", arguments: TestUser.sample(1))
    func debug(user: TestUser) throws {
        let tiny = try Self.project(user)
        let result = try tiny.build(["--debug"])
        #expect(result.succeeded, "\(result.errors.suffix(2000))")
        let lines = result.errors + result.output + String(decoding: result.eventBytes, as: UTF8.self)
        #expect(lines.contains("--setenv TOKEN '***'"), "\(result.errors.prefix(3000))")
        let shown = lines.split(separator: "\n").filter { $0.contains(Self.secret) }
        #expect(shown.isEmpty, "\(shown.prefix(5))")
    }

    @Test(
        "No other user reads a secret from a command line or an environment, in any phase of a build",
        .needsRoot,
        arguments: TestUser.sample(2)
    )
    func processes(user: TestUser) throws {
        let tiny = try Self.project(user)
        // Looks at all processes again and again as a stranger, until its input ends. The last line is for the test.
        try tiny.directory.write(
            """
            $| = 1; my $secret = "\(Self.secret)"; my (%seen, %names); my $rounds = 0;
            vec($in, 0, 1) = 1;
            until (select($r = $in, undef, undef, 0)) {
                opendir(P, "/proc"); my @all = grep /^\\d+$/, readdir P; closedir P;
                for my $p (@all) {
                    for my $file ("cmdline", "environ", "comm") {
                        open(F, "<", "/proc/$p/$file") or next; local $/; my $text = <F>; close F;
                        $names{$text} = 1 if $file eq "comm";
                        next unless defined $text && index($text, $secret) >= 0;
                        $text =~ tr/\\0\\n/  /; print "SEEN $file of $p: $text\\n" unless $seen{"$file $text"}++;
                    }
                }
                $rounds++;
            }
            chomp(my @n = keys %names); print "ROUNDS $rounds\\nNAMES @n\\n";
            """,
            to: "sampler.pl"
        )
        try tiny.directory.write(
            """
            sampler=$1 look=$2; shift 2
            mkfifo $look.in
            setpriv --reuid \(Self.stranger) --regid \(Self.stranger) --clear-groups perl $sampler <$look.in >$look &
            watcher=$!
            exec 9>$look.in
            # What the sampler must be able to see.
            sh -c 'sleep 0.5; :' control-\(Self.secret)
            "$@" >&2 9>&-; status=$?
            exec 9>&-
            wait $watcher
            exit $status
            """,
            to: "watch.sh"
        )
        let command = user.command([try Stage.mkosi], home: tiny.directory("home"))
        let look = tiny.directory("seen")
        let result = try run(
            ["sh", tiny.directory("watch.sh"), tiny.directory("sampler.pl"), look] + command,
            environment: tiny.environment(),
            in: tiny.project,
            limit: 120
        )
        #expect(result.succeeded, "\(result)")
        let lines = try Files.readText(look).split(separator: "\n").map(String.init)
        let seen = lines.filter { $0.hasPrefix("SEEN") }
        #expect(seen.contains { $0.contains("control-") }, "\(lines)")
        #expect(seen.allSatisfy { $0.contains("control-") }, "\(seen.prefix(5))")
        let names = lines.last ?? ""
        for name in ["mkosi", "mkosi-sandbox", "mkosi.sync", "mkosi.build", "mkosi.postinst", "mkosi.finalize"] {
            #expect(names.contains(name), "\(name) was never looked at: \(names)")
        }
    }
}
