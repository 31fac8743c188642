import Execution
import Glibc
import Support
import TestSupport
import Testing

/// Pipes and devices where files are expected: each ends the build with a sentence, and none makes it wait.
@Suite
struct SpecialFileTests {
    private static func fails(_ tiny: TinyProject, _ arguments: [String], with text: String) throws {
        let result = try tiny.mkosi(["-f"] + arguments, limit: 30)
        #expect(!result.timedOut && result.status == .exited(1), "\(result)")
        #expect(result.errors.contains(text), "\(result)")
        #expect(tiny.workspaces.isEmpty)
    }

    @Test(
        "In the project",
        arguments: [
            "--extra-tree=pipe", "--extra-tree=pipe.tar", "--skeleton-tree=pipe:/etc/pipe", "--sandbox-tree=tree",
            "--base-tree=pipe", "--base-tree=pipe.tar", "--extra-tree=/dev/zero",
        ]
    )
    func project(option: String) throws {
        let tiny = try TinyProject()
        try tiny.directory.makeDirectory("project/tree/etc")
        for name in ["pipe", "pipe.tar", "tree/etc/pipe"] { mkfifo("\(tiny.project)/\(name)", 0o600) }
        let name = option.hasSuffix("tree=tree") ? "tree/etc/pipe" : option.contains("/dev/zero") ? "/dev/zero" : "pipe"
        try Self.fails(tiny, [option], with: name)
    }

    @Test("As configuration", arguments: ["mkosi.local.conf", "mkosi.conf.d/a.conf", "mkosi.version", "mkosi.lock"])
    func configuration(name: String) throws {
        let tiny = try TinyProject()
        try tiny.directory.makeDirectory("project/mkosi.conf.d")
        mkfifo("\(tiny.project)/\(name)", 0o600)
        try Self.fails(tiny, [], with: name)
    }

    @Test("In the image", arguments: ["passwd", "shadow"])
    func image(name: String) throws {
        let tiny = try TinyProject(configuration: "RootPassword=x\nRootShell=/bin/sh")
        try tiny.script("mkosi.postinst", "cd $BUILDROOT/etc; rm -f \(name); mkfifo \(name)")
        try Self.fails(tiny, [], with: "/etc/\(name) is not a regular file")
    }

    @Test("At every name that an edited file could have in between")
    func between() throws {
        let tiny = try TinyProject(configuration: "Hostname=box\nRootShell=/bin/sh")
        try tiny.script("mkosi.postinst", "cd $BUILDROOT/etc; mkfifo hostname.mkosi-new passwd.mkosi-new")
        let result = try tiny.mkosi(limit: 30)
        #expect(result.succeeded, "\(result)")
        #expect(try tiny.imageFile("etc/hostname") == "box\n")
        #expect(try tiny.imageList().contains { $0.hasPrefix("p") && $0.hasSuffix("hostname.mkosi-new") })
    }
}
