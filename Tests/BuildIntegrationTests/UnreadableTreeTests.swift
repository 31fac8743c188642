import Support
import TestSupport
import Testing

/// Files of a project that their owner may run and not read.
@Suite(.serialized)
struct UnreadableTreeTests {
    @Test(
        "Extra trees keep the mode of what cannot be read, with and without kept layers",
        arguments: TestUser.available
    )
    func modes(user: TestUser) throws {
        let tiny = try TinyProject(user: user)
        try tiny.directory.write("#!/bin/sh\n", to: "project/mkosi.extra/usr/bin/hidden", mode: 0o111)
        try tiny.directory.write("", to: "project/mkosi.extra/usr/lib/closed/inside")
        try runChecked(["chmod", "0311", tiny.directory("project/mkosi.extra/usr/lib/closed")])
        defer { _ = try? runChecked(["chmod", "0755", tiny.directory("project/mkosi.extra/usr/lib/closed")]) }
        if user != .root, TestUser.isRoot {
            try runChecked(["chown", "-R", "\(TestUser.id):\(TestUser.id)", tiny.directory("project/mkosi.extra")])
        }
        for arguments in [[], ["-f", "-i"], ["-f", "-i"]] {
            let result = try tiny.mkosi(arguments)
            #expect(result.succeeded, "\(result)")
            let list = try tiny.imageList()
            #expect(list.contains { $0.hasPrefix("---x--x--x ") && $0.hasSuffix(" usr/bin/hidden") }, "\(list)")
            #expect(list.contains { $0.hasPrefix("d-wx--x--x ") && $0.hasSuffix(" usr/lib/closed/") }, "\(list)")
        }
    }
}
