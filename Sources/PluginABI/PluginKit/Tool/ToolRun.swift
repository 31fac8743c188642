import Glibc
import JSON
public import PluginWire
import System

/// Runs one of the plugin's own tools in the sandbox and forwards to the host what it reports on its `ToolChannel`.
public struct ToolRun {
    private let host: Host
    private let workspace: String
    /// The place that is full when the tool finds no space.
    private let place: NoSpace.Place
    /// The place of its temporary files.
    private let temporary: NoSpace.Place

    public init(host: Host, context: ABI.V1.Context, place: NoSpace.Place) {
        self.host = host
        workspace = context.workspace
        self.place = place
        temporary = .workspace(context)
    }

    /// For requests that have no context: the tool writes below the workspace alone.
    public init(host: Host, workspace: String) {
        self.host = host
        self.workspace = workspace
        place = NoSpace.Place(directory: workspace, setting: "WorkspaceDirectory=")
        temporary = place
    }

    /// The results of a run.
    public struct Answer<Finding: Sendable>: Sendable {
        /// The tool's standard output, if the command was set to capture it.
        public var output: String
        /// The reports of the tool, in this order.
        public var findings: [Finding] = []
    }

    private struct Heard<Finding: Sendable> {
        var error: ErrorObject?
        var findings: [Finding] = []
        var isOver = false
    }

    /// Runs a tool that reports no findings.
    ///
    /// - Returns: What it wrote to standard output, if `change` sets the command to capture it.
    public func run(
        _ tool: String,
        plan: (String) throws -> some Encodable,
        change: (inout ABI.V1.Run) -> Void
    ) throws -> String {
        try run(tool, findings: NoFinding.self, plan: plan, change: change).output
    }

    /// Runs a tool.
    ///
    /// - Parameters:
    ///   - tool: Its name, the argument of `--tool`.
    ///   - findings: The type of what it passes to `ToolChannel.report`.
    ///   - plan: Makes the tool's standard input out of the path of the pipe that it reports to.
    ///   - change: Changes the command before it runs.
    /// - Returns: Its output and its findings.
    /// - Throws: The error that the tool reported, or that of the command.
    public func run<Finding: Codable & Sendable>(
        _ tool: String,
        findings: Finding.Type,
        plan: (String) throws -> some Encodable,
        change: (inout ABI.V1.Run) -> Void
    ) throws -> Answer<Finding> {
        let directory = try Self.privateDirectory(below: workspace, for: tool)
        defer { rmdir(directory) }
        let pipe = directory + "/pipe"
        guard mkfifo(pipe, 0o600) == 0 else { throw ErrorObject.system("make the pipe", pipe, number: errno) }
        defer { unlink(pipe) }
        // Opened for writing too, the pipe does not end while there is no writer.
        let descriptor: Int32
        do throws(SystemCallError) {
            descriptor = try Descriptor.open(pipe, O_RDWR | O_NONBLOCK).release()
        } catch {
            throw ErrorObject.system("open the pipe", pipe, number: error.errno)
        }
        defer { close(descriptor) }
        var command = try host.tool(tool)
        command.input = try JSONText.string(plan(pipe))
        change(&command)
        // Commands that run code of packages do not see the rest of the workspace.
        command.show(directory, writable: true)

        let heard = Monitor(Heard<Finding>())
        let ran = Monitor<Result<ABI.V1.Ran, ErrorObject>?>(nil)
        let first = Monitor(true)
        // One thread asks the host and waits; the other listens meanwhile.
        WorkerThread.share(2) { [host, command] in
            let isFirst = first.withLock { isFirst in
                defer { isFirst = false }
                return isFirst
            }
            if isFirst {
                let result = Result { () throws(ErrorObject) in try host.run(command) }
                ran.withLock { $0 = result }
                heard.withLock { $0.isOver = true }
            } else {
                Self.listen(descriptor, host, heard)
            }
        }
        // A thread that could not be started has heard nothing yet.
        Self.listen(descriptor, host, heard)
        let (error, findings) = heard.withLock { ($0.error, $0.findings) }
        switch ran.withLock({ $0 }) {
        case .success(let answer): return Answer(output: answer.output ?? "", findings: findings)
        case .failure(let failure):
            if failure.code == ErrorObject.Code.cancelled.rawValue { throw failure }
            throw NoSpace.explained(error ?? failure, place, temporary: temporary)
        case nil: throw ErrorObject(code: .internalError, message: "the tool \(tool) was not run")
        }
    }

    /// Makes a directory that no other user can enter; the sandbox's root is the user that this program runs as.
    public static func privateDirectory(below workspace: String, for tool: String) throws(ErrorObject) -> String {
        do throws(SystemCallError) {
            return try Files.makePrivateDirectory("\(workspace)/\(tool)-")
        } catch {
            throw .system("make a directory in", workspace, number: error.errno)
        }
    }

    /// Reads lines until the tool has ended and the pipe is empty.
    private static func listen<Finding: Codable & Sendable>(
        _ descriptor: Int32,
        _ host: Host,
        _ heard: Monitor<Heard<Finding>>
    ) {
        var lines = LineBuffer()
        while true {
            let isOver = heard.withLock { $0.isOver }
            let count = lines.append(1 << 14) { read(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                while let line = lines.next() { take(line, host, heard) }
            } else if isOver {
                return
            } else {
                var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                poll(&waiting, 1, 50)
            }
        }
    }

    private static func take<Finding: Codable & Sendable>(
        _ line: [UInt8],
        _ host: Host,
        _ heard: Monitor<Heard<Finding>>
    ) {
        guard let message = try? JSONText.decode(ToolMessage<Finding>.self, from: line) else { return }
        if let progress = message.progress {
            host.progress(progress.label ?? "", done: progress.done, total: progress.total, unit: progress.unit)
        }
        if let log = message.log { host.log(log.message, level: Host.Level(rawValue: log.level) ?? .info) }
        heard.withLock { heard in
            if let error = message.error { heard.error = error }
            if let finding = message.finding { heard.findings.append(finding) }
        }
    }
}
