import Glibc
import Support
import System
import TestSupport
import Testing

/// `ToolsTree=DIRECTORY` with a tree that someone else has made.
@Suite(.needsRoot)
struct HostileToolsTests {
    @Test("Links of the tools' configuration lead to nothing of the host, not even if the tree lacks their target")
    func links() throws {
        let tiny = try TinyProject()
        try tiny.directory.write("precious\n", to: "person/key")
        let tools = try tiny.directory.makeDirectory("tools")
        for name in ["bin", "sbin", "lib", "lib64"] { symlink("usr/\(name)", "\(tools)/\(name)") }
        try tiny.directory.makeDirectory("tools/usr")
        try tiny.directory.makeDirectory("tools/etc/ssl")
        let victim = tiny.directory("person/key")
        let up = String(repeating: "../", count: 20)
        symlink(victim, "\(tools)/etc/passwd")
        symlink("\(up)\(victim)", "\(tools)/etc/group")
        symlink(victim, "\(tools)/etc/ssl/openssl.cnf")
        mkfifo("\(tools)/etc/nsswitch.conf", 0o644)
        try tiny.script(
            "mkosi.postinst",
            "for f in /etc/* /etc/ssl/*; do [ ! -f $f ] || ! grep -q precious $f || echo got $f; done"
        )
        let mount = "mount --bind /usr \(tools)/usr && exec \(try Stage.mkosi) --tools-tree=\(tools) -f"
        let result = try run(
            ["unshare", "-m", "sh", "-c", mount],
            environment: try tiny.environment(),
            in: tiny.project,
            limit: 120
        )
        #expect(result.succeeded, "\(result)")
        #expect(!result.errors.contains("got /etc"), "\(result)")
    }

    @Test("A program of the tools changes nothing of the workspace that later commands trust")
    func workspace() throws {
        let tiny = try TinyProject(format: "directory")
        let victim = try tiny.directory.makeDirectory("person")
        let (tools, evil) = (tiny.directory("tools"), tiny.directory("evil"))
        for name in ["usr/bin", "usr/sbin", "usr/lib"] { try tiny.directory.makeDirectory("tools/\(name)") }
        for name in ["bin", "sbin", "lib", "lib64"] { symlink("usr/\(name)", "\(tools)/\(name)") }
        for program in ["cp", "sh"] {
            try tiny.directory.makeDirectory("evil/bin")
            try runChecked(["cp", "-L", "/usr/bin/\(program)", "\(evil)/bin/\(program).real"])
        }
        let attack = """
            #!/usr/bin/sh.real
            for place in $(find / -xdev -name 'mkosi-workspace-*' 2>/dev/null); do
                [ ! -e "$place/config.json" ] || echo found >>"$place/scratch/found"
                mv "$place/tmp" "$place/was" && ln -s \(victim) "$place/tmp"
                ls -A "$place" | sed 's/^/seen: /' >&2
            done 2>/dev/null
            exec PROGRAM.real "$@"

            """
        try tiny.directory.write(attack.replacing("PROGRAM", with: "cp"), to: "evil/bin/cp", mode: 0o755)
        try tiny.script("mkosi.postoutput", "echo evil >/var/tmp/evil; ls -A /var/tmp | sed 's/^/there: /'")
        let result = try run(
            [
                "unshare", "-m", "sh", "-euc",
                #"mount -t overlay evil -o "lowerdir=$1:/usr" "$2/usr"; exec "$3" "--tools-tree=$2" -f --debug"#,
                "sh", evil, tools, try Stage.mkosi,
            ],
            environment: try tiny.environment(),
            in: tiny.project,
            limit: 120
        )
        #expect(result.succeeded, "\(result)")
        #expect(try Files.list(victim) == [], "a script has written outside")
        #expect(result.errors.contains("there: evil"))
    }
}
