import Support
import System
import TestSupport
import Testing

/// Programs whose results are kept by what they read of the tree.
@Suite struct TreeWorkTests {
    @Test(
        "A program runs again when the tree has something else of what it reads, and only then",
        arguments: TestUser.sample(1)
    )
    func sameWork(user: TestUser) throws {
        let tiny = try TinyProject(user: user)
        try tiny.addShell()
        // What it makes is different each time.
        let script = "read word < /proc/sys/kernel/random/uuid; echo $word > /usr/lib/udev/hwdb.bin"
        try tiny.directory.write(
            "#!/bin/sh\n\(script)\n",
            to: "project/mkosi.skeleton/usr/bin/systemd-hwdb",
            mode: 0o755
        )
        try tiny.directory.write("", to: "project/mkosi.skeleton/usr/lib/udev/hwdb.d/a.hwdb")
        func build(_ options: String...) throws -> String {
            try tiny.giveToUser()
            let result = try tiny.mkosi(["-f", "-i"] + options)
            #expect(result.succeeded, "\(result)")
            return try tiny.imageFile("usr/lib/udev/hwdb.bin")
        }
        let extra = "project/mkosi.extra"
        try tiny.directory.write("1", to: "\(extra)/usr/share/doc/one")
        let first = try build()
        try tiny.directory.write("2", to: "\(extra)/usr/share/doc/one")
        #expect(try build() == first)
        #expect(try build("--hostname=other") == first)
        for path in ["etc/udev/hwdb.d/b.hwdb", "usr/lib/x86_64-linux-gnu/libother.so", "usr/bin/systemd-hwdb"] {
            let text = path.hasPrefix("usr/bin") ? "#!/bin/sh\n\(script); :\n" : ""
            try tiny.directory.write(text, to: "\(extra)/\(path)", mode: 0o755)
            #expect(try build() != first, "\(path)")
            try runChecked(["rm", tiny.directory("\(extra)/\(path)")])
        }
        // What earlier layers have is found again, unless a build is to begin anew.
        try runChecked(["rm", "-r", tiny.directory("\(extra)/etc"), tiny.directory("\(extra)/usr/lib")])
        try tiny.directory.write("4", to: "\(extra)/usr/share/doc/one")
        #expect(try build() == first)
        #expect(try build("-f") != first)
    }
}
