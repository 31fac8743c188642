import Glibc
import JSON
import PluginWire
import Support
import System
import TestSupport
import Testing

@testable import PluginKit

/// A host whose sandbox does nothing but look at the pipe and write to it.
private final class LookingHost: HostConnection {
    private struct Seen {
        var pipe: mode_t = 0
        var directory: mode_t = 0
        var notes: [String] = []
    }

    private let seen = Monitor(Seen())
    let isCancelled = false

    var modes: [mode_t] { seen.withLock { [$0.directory, $0.pipe] } }
    var notes: [String] { seen.withLock { $0.notes } }

    func call(_ method: String, _ parameters: JSON) throws(ErrorObject) -> JSON {
        guard let path = parameters["input"]?.string else { throw .cancelled }
        let lines = """
            {"log": {"level": "debug", "message": "+ acme"}}
            {"error": {"code": 3, "message": "cannot write: No space left on device"}}

            """
        let channel = open(path, O_WRONLY)
        defer { close(channel) }
        _ = write(channel, lines, lines.utf8.count)
        seen.withLock { seen in
            seen.pipe = Self.mode(path)
            seen.directory = Self.mode(Paths.parent(path) ?? "")
        }
        throw ErrorObject(code: .commandFailed, message: "the tool failed")
    }

    func notify(_ method: String, _ parameters: JSON) {
        let note = "\(method) \(parameters["level"]?.string ?? "") \(parameters["message"]?.string ?? "")"
        seen.withLock { $0.notes.append(note) }
    }

    private static func mode(_ path: String) -> mode_t {
        var status = stat()
        return lstat(path, &status) == 0 ? status.st_mode & 0o7777 : 0o7777
    }
}

/// A host that keeps the command which it is asked for.
private final class KeepingHost: HostConnection {
    private let kept = Monitor(JSON.null)
    let isCancelled = false

    var command: JSON { kept.withLock { $0 } }

    func call(_ method: String, _ parameters: JSON) throws(ErrorObject) -> JSON {
        kept.withLock { $0 = parameters }
        return ["status": 0]
    }

    func notify(_ method: String, _ parameters: JSON) {}
}

@Suite struct ToolRunTests {
    @Test("A job is the standard input of the tool, and in none of its arguments")
    func jobsAreInput() throws {
        let keeping = KeepingHost()
        let job = ["secret": String(repeating: "x", count: 1 << 20)]
        try Host(pluginDirectory: "/", connection: keeping).runTool("look", job, label: "looking")
        let arguments = try #require(keeping.command["arguments"]?.array)
        #expect(arguments.dropFirst() == ["--tool", "look"])
        let input = try #require(keeping.command["input"]?.string)
        #expect(try JSONText.decode([String: String].self, from: input.utf8) == job)
    }

    @Test func nobodyElseReachesThePipe() throws {
        let directory = try TemporaryDirectory()
        let workspace = try directory.makeDirectory("workspace")
        let looking = LookingHost()
        let context = ABI.V1.Context(
            distribution: "debian",
            release: "tiny",
            architecture: "x86-64",
            localArchitecture: "amd64",
            cache: "/c",
            workspace: workspace
        )
        let run = ToolRun(
            host: Host(pluginDirectory: "/", connection: looking),
            context: context,
            place: .workspace(context)
        )
        let error = #expect(throws: ErrorObject.self) {
            // The plan is the path alone; JSON puts it into quotes.
            let _: String = try run.run("look", plan: { $0 }) { command in
                command.input = command.input.map { String($0.dropFirst().dropLast()) }
            }
        }
        #expect(looking.modes == [0o700, 0o600])
        #expect(looking.notes == ["host/log debug + acme"])
        #expect(error?.message.contains("not enough space left on the file system of \(workspace)") == true)
        #expect(error?.data?.hint?.contains("WorkspaceDirectory=") == true)
        #expect(try Files.list(workspace) == [])
    }

    @Test func commandsReadAsInAShell() {
        #expect(ToolChannel.lines(["a", "bcd", "efgh", "i"], width: 9) == ["+ a bcd \\", "    efgh \\", "    i"])
        #expect(ShellQuoting.line(["a", "--b=c", "d e", "it's", ""]) == #"a --b=c 'd e' 'it'\''s' ''"#)
    }
}
