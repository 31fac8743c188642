import Execution
import Support
import TestSupport
import Testing

@Suite("latest-snapshot")
struct LatestSnapshotTests {
    /// A directory that answers as the snapshot service of Debian does.
    private func project() throws -> StagedProgram {
        let program = try StagedProgram(["mkosi.conf": "[Distribution]\nDistribution=debian\nRelease=trixie\n"])
        let answer = #"{"_api":"0.3","_comment":"notset","result":"20260131T235959Z"}"#
        try program.write("service/mr/timestamp/debian/latest", answer)
        return program
    }

    @Test("asks the mirror, here one of files")
    func files() throws {
        let program = try project()
        let result = try program.mkosi("-m", "file://\(program.project("service"))", "latest-snapshot")
        #expect(result.succeeded, "\(result)")
        #expect(result.output == "20260131T235959Z\n")
    }

    @Test("asks a server")
    func server() throws {
        let program = try project()
        let script = """
            import functools, http.server, subprocess, sys, threading
            handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=sys.argv[1])
            server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
            threading.Thread(target=server.serve_forever, daemon=True).start()
            mirror = "http://127.0.0.1:%d" % server.server_port
            sys.exit(subprocess.run([sys.argv[2], "-m", mirror, "latest-snapshot"]).returncode)
            """
        let result = try run(
            ["python3", "-c", script, program.project("service"), Stage.mkosi],
            environment: program.environment,
            in: program.project("")
        )
        #expect(result.succeeded, "\(result)")
        #expect(result.output == "20260131T235959Z\n")
    }

    @Test("a mirror that is no such service")
    func other() throws {
        let program = try project()
        try program.write("service/mr/timestamp/debian/latest", "<html>Welcome</html>")
        let result = try program.mkosi("-m", "file://\(program.project("service"))", "latest-snapshot")
        #expect(result.status == .exited(1))
        #expect(result.errors.contains("does not contain a snapshot"), "\(result)")
        let missing = try program.mkosi("-m", "file://\(program.project("nowhere"))", "latest-snapshot")
        #expect(missing.status == .exited(1))
        #expect(missing.errors.contains("nowhere/mr/timestamp/debian/latest"), "\(missing)")
    }
}
