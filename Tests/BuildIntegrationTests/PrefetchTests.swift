import Execution
import Support
import TestSupport
import Testing

@Suite("Downloads beside the installation", .enabled(if: Stage.exists))
struct PrefetchTests {
    private func project() throws -> TinyProject {
        let tiny = try TinyProject(configuration: "BuildPackages=extra\nVolatilePackages=extra")
        try tiny.folder.write("#!/bin/sh\n", to: "project/mkosi.build", mode: 0o755)
        let locked = try tiny.mkosi(["lock"])
        #expect(locked.succeeded, "\(locked)")
        return tiny
    }

    @Test("Packages of later steps that the lock file names are fetched while the first are installed")
    func early() throws {
        let tiny = try project()
        let result = try tiny.mkosi(["--debug"])
        #expect(result.succeeded, "\(result)")
        let lines = result.errors.split(separator: "\n").map(String.init)
        let begin = lines.firstIndex { $0.contains("fetching 2 packages of later steps meanwhile") } ?? -1
        let end = lines.firstIndex { $0.hasPrefix("✓ Installing") } ?? -1
        #expect(begin >= 0 && begin < end, "\(result)")
        let fetches = lines.filter { $0.hasPrefix("✓ Fetching packages: ") }
        #expect(fetches.count >= 2)
        #expect(fetches.dropFirst().allSatisfy { $0.contains(": 0 fetched (0 B), ") }, "\(fetches)")
        // With everything in the cache there is nothing to do.
        let again = try tiny.mkosi(["--debug", "-f"])
        #expect(!again.errors.contains("of later steps"))
    }

    @Test("What cannot be fetched is an error of the step that needs it")
    func failure() throws {
        let tiny = try project()
        try runChecked(["rm", tiny.folder("repository/extra.tar")])
        let result = try tiny.mkosi()
        #expect(result.status == .exited(1))
        let lines = result.errors.split(separator: "\n").map(String.init)
        let installed = lines.firstIndex { $0.hasPrefix("✓ Installing") } ?? .max
        let failed = lines.firstIndex { $0.hasPrefix("✗ Fetching packages") } ?? -1
        #expect(installed < failed, "\(result)")
        #expect(lines.filter { $0.hasPrefix("‣ error:") }.count == 1)
        #expect(try tiny.traces().isEmpty)
    }
}
