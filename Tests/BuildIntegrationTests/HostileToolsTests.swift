import Glibc
import Support
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
}
