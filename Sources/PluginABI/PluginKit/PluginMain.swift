import ByteKeys
import Glibc
import JSON
import PluginWire
import System

/// The main program of a plugin that is an executable.
public enum PluginMain {
    /// A command of the plugin's own, run inside the sandbox as `PROGRAM --tool NAME ARGUMENTS…`.
    ///
    /// It gets the arguments after its name and returns an exit status. It has the process for itself: standard input,
    /// output and error are the command's own.
    public typealias Command = @Sendable (_ arguments: [String]) throws -> Int32

    /// Serves the host on standard input and output, and does not return.
    ///
    /// - Parameters:
    ///   - distribution: Answers the requests about distributions.
    ///   - format: Answers the requests about output formats.
    ///   - artifacts: Answers the requests about artifacts.
    ///   - bootloader: Answers the requests about boot loaders.
    ///   - commands: What the program does as a tool inside the sandbox; see `Host.tool(_:_:)`.
    public static func run(
        distribution: (any DistributionPlugin)? = nil,
        format: (any FormatPlugin)? = nil,
        artifacts: (any ArtifactPlugin)? = nil,
        bootloader: (any BootloaderPlugin)? = nil,
        commands: [String: Command] = [:]
    ) -> Never {
        let arguments = CommandLine.arguments
        if arguments.count > 2, arguments[1] == "--tool" {
            exit(runCommand(arguments[2], Array(arguments.dropFirst(3)), commands))
        }
        guard isatty(STDIN_FILENO) == 0 else {
            complain(
                "this program is a plugin of mkosi; mkosi starts it and communicates with it on standard input and output"
            )
            exit(2)
        }
        guard let streams = StandardStreams.claim() else {
            complain("standard input or output is not open")
            exit(1)
        }
        let service = PluginService(
            distribution: distribution,
            format: format,
            artifacts: artifacts,
            bootloader: bootloader
        )
        serve(service, streams)
        exit(0)
    }

    private static func runCommand(_ name: String, _ arguments: [String], _ commands: [String: Command]) -> Int32 {
        guard let command = commands[name] else {
            complain("there is no tool named \(name)")
            return 127
        }
        MemoryLimit.set()
        do {
            return try command(arguments)
        } catch let error as ErrorObject {
            complain(error.message)
            if let hint = error.data?.hint { complain(ToolJob.hintMark + hint) }
            if error.code == ErrorObject.Code.notFound.rawValue { complain(ToolJob.notFoundMark) }
        } catch {
            complain("\(error)")
        }
        return 1
    }

    private static func complain(_ message: String) {
        let line = [UInt8]((message + "\n").utf8)
        _ = write(STDERR_FILENO, line, line.count)
    }

    private static func serve(_ service: PluginService, _ streams: StandardStreams) {
        let connection = StdioConnection(output: streams.output)
        let input = streams.input
        _ = try? WorkerThread {
            connection.readAll(from: input)
            // The host is gone or wants us to be: code that does not look at `isCancelled` gets no longer than this.
            sleep(1)
            _exit(0)
        }
        var conversation = PluginConversation(service: service, connection: connection)
        connection.serve { request throws(ErrorObject) in
            guard case .request(_, let method) = request.kind else { return .null }
            return try conversation.answer(method, request.params ?? .object([:]))
        }
    }
}
