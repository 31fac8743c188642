import TestSupport
import Testing

@testable import Builder

/// Layers that change what a program reads, or leave it as it is.
@Suite struct TreeWorkTests {
    private static let work = TreeWork(
        reads: ["/etc/udev", "/usr/lib/*.so*", "/usr/lib/modules"],
        writes: ["/usr/lib/modules", "/usr/lib/udev/hwdb.bin"]
    )

    /// A layer that a command makes.
    private static func layer(_ script: String) throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory.inMemory()
        try runChecked(["sh", "-e", "-c", script], in: directory.path)
        return directory
    }

    @Test(
        "a layer affects a program if it has something of what that reads, or hides it",
        arguments: [
            ("mkdir -p etc/udev", true), ("mkdir -p etc/udev/hwdb.d; : > etc/udev/hwdb.d/a", true),
            ("mkdir -p usr/lib; : > usr/lib/libc.so.6", true), ("mkdir -p usr; ln -s elsewhere usr/lib", true),
            (": > etc", true), ("mkdir -p usr/lib/modules/6.1", true), ("mkdir -p etc; : > etc/udev", true),
            ("mkdir -p usr/lib/systemd etc; : > etc/passwd; : > usr/lib/libc.a", false), (":", false),
            ("mkdir -p usr/share/modules usr/libexec; ln -s a usr/lib64", false),
        ]
    )
    func isAffected(_ script: String, _ isAffected: Bool) throws {
        let layer = try Self.layer(script)
        #expect(Self.work.isAffected(by: layer.path) == isAffected)
    }

    @Test("a directory that hides those below it affects all programs that read there")
    func opaque() throws {
        let directory = try TemporaryDirectory()
        try directory.makeDirectory("usr/lib")
        #expect(!Self.work.isAffected(by: directory.path))
        let script = "import os, sys; os.setxattr(sys.argv[1], 'user.overlay.opaque', b'y')"
        try runChecked(["python3", "-c", script, directory("usr")])
        #expect(Self.work.isAffected(by: directory.path))
        #expect(!Self.work.isAll(of: directory.path))
    }

    @Test(
        "only what a layer has and nothing that it lacks can be copied",
        arguments: [
            ("mkdir -p usr/lib/modules/6.1; : > usr/lib/modules/6.1/modules.dep", true),
            ("mkdir -p usr/lib/udev usr/lib/modules; : > usr/lib/udev/hwdb.bin", true), (":", true),
            ("mkdir -p usr/lib/udev; : > usr/lib/udev/hwdb.bin; : > usr/lib/udev/other", false),
            ("mkdir -p usr/lib/modules; mkfifo usr/lib/modules/pipe", false), (": > steps", false),
            ("mkdir -p etc/udev", false),
        ]
    )
    func isAll(_ script: String, _ isAll: Bool) throws {
        let layer = try Self.layer(script)
        #expect(Self.work.isAll(of: layer.path) == isAll)
    }
}
