import Glibc
import PluginKit
import Testing

@Suite struct ChildCommandTests {
    @Test("A service that a program leaves in the background is not waited for")
    func background() throws {
        var lines: [String] = []
        let file = "/tmp/mkosi-child-\(getpid())"
        defer { unlink(file) }
        let command = ChildCommand(
            arguments: ["/bin/sh", "-c", "sleep 1000 & echo $! >\(file); echo one; printf two >&2; exit 3"],
            environment: ["PATH": "/usr/bin:/bin"],
            onLine: { lines.append($0) }
        )
        let started = time(nil)
        #expect(try command.run() == 3)
        // Not how long it took, but that it did not take until the service ended.
        #expect(time(nil) - started < 900)
        #expect(lines == ["one", "two"])
        if let stream = fopen(file, "r") {
            var number: Int32 = 0
            withUnsafeMutablePointer(to: &number) { pointer in
                _ = withVaList([pointer]) { vfscanf(stream, "%d", $0) }
            }
            fclose(stream)
            if number > 1 { kill(number, SIGKILL) }
        }
    }
}
