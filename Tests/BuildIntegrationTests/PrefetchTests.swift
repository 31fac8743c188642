import Execution
import Support
import TestSupport
import Testing

@Suite("Downloads during the installation")
struct PrefetchTests {
    private func project() throws -> TinyProject {
        let tiny = try TinyProject(configuration: "BuildPackages=extra\nVolatilePackages=extra")
        try tiny.directory.write("#!/bin/sh\n", to: "project/mkosi.build", mode: 0o755)
        let locked = try tiny.mkosi(["lock"])
        #expect(locked.succeeded, "\(locked)")
        return tiny
    }

    @Test("Packages of later steps that the lock file names are fetched while the first are installed")
    func early() throws {
        let tiny = try project()
        let result = try tiny.build()
        #expect(result.succeeded, "\(result)")
        let begin = result.events.firstIndex { $0.kind == "prefetch-started" }
        let end = result.events.firstIndex {
            $0.task == result.tasks("install").first?.task && $0.kind == "task-finished"
        }
        #expect(try #require(begin) < #require(end), "\(result)")
        #expect(begin.flatMap { result.events[$0].number("files") } == 2)
        let fetches = result.tasks("fetch")
        #expect(fetches.count >= 2)
        #expect(fetches.dropFirst().allSatisfy { $0["note"]?.hasPrefix("0 downloaded (0 B), ") == true }, "\(fetches)")
        // With everything in the cache there is nothing to do.
        let again = try tiny.build(["-f"])
        #expect(again.succeeded && !again.events.contains { $0.kind == "prefetch-started" })
    }

    @Test("What cannot be fetched is an error of the step that needs it")
    func failure() throws {
        let tiny = try project()
        try runChecked(["rm", tiny.directory("repository/extra.tar")])
        let result = try tiny.build()
        #expect(result.status == .exited(1))
        let ends = result.events.filter { $0.kind == "task-finished" }
        let installed = ends.firstIndex { $0.task == result.tasks("install").first?.task }
        let failed = ends.firstIndex { $0.task == result.tasks("fetch").last?.task && $0["result"] == "failure" }
        #expect(try #require(installed) < #require(failed), "\(result)")
        #expect(result.events.filter { $0.kind == "error" }.count == 1)
        #expect(try tiny.traces().isEmpty)
    }
}
