import CFiles
import FoundationEssentials
import Glibc
import PluginKit
import PluginWire
import System

/// Runs one of the plugin's own tools in the sandbox and passes on what it reports.
struct ToolRun {
    let host: Host
    let workspace: String
    /// What is full when the tool finds no space.
    let place: NoSpace.Place
    /// Where it has its temporary files.
    private let temporary: NoSpace.Place

    init(host: Host, context: ABI.V1.Context, place: NoSpace.Place) {
        self.host = host
        workspace = context.workspace
        self.place = place
        temporary = .workspace(context)
    }

    /// What a run gave.
    struct Answer {
        var output: String
        var deferred: [String: [String]] = [:]
        var timestamp: Int?
    }

    private struct Heard {
        var error: ErrorObject?
        var deferred: [String: [String]] = [:]
        var timestamp: Int?
        var isOver = false
    }

    /// Runs a tool.
    ///
    /// `plan` makes the tool's input out of the path of the pipe that it reports to; `change` changes the command
    /// before it runs.
    func run(
        _ tool: String,
        plan: (String) throws -> some Encodable,
        change: (inout ABI.V1.Run) -> Void
    ) throws -> Answer {
        let directory = try Self.privateDirectory(below: workspace, for: tool)
        defer { rmdir(directory) }
        let pipe = directory + "/pipe"
        guard mkfifo(pipe, 0o600) == 0 else { throw SystemFile.failure("make the pipe", pipe) }
        defer { unlink(pipe) }
        // Opened for writing too, the pipe does not end while there is no writer.
        let descriptor = mkosi_file_open(pipe, O_RDWR | O_NONBLOCK, 0)
        guard descriptor >= 0 else { throw SystemFile.failure("open the pipe", pipe) }
        defer { close(descriptor) }
        var command = try host.tool(tool)
        command.input = String(decoding: try JSONText.encode(plan(pipe)), as: UTF8.self)
        change(&command)

        let heard = Monitor(Heard())
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
        let (error, deferred, timestamp) = heard.withLock { ($0.error, $0.deferred, $0.timestamp) }
        switch ran.withLock({ $0 }) {
        case .success(let answer): return Answer(output: answer.output ?? "", deferred: deferred, timestamp: timestamp)
        case .failure(let failure):
            if failure.code == ErrorObject.Code.cancelled.rawValue { throw failure }
            throw NoSpace.explained(error ?? failure, place, temporary: temporary)
        case nil: throw ErrorObject(code: .internalError, message: "the tool \(tool) was not run")
        }
    }

    /// Makes a directory that no other user can enter; the sandbox's root is the user that this program runs as.
    static func privateDirectory(below workspace: String, for tool: String) throws(ErrorObject) -> String {
        var path = Array("\(workspace)/\(tool)-XXXXXX".utf8CString)
        guard mkdtemp(&path) != nil else { throw SystemFile.failure("make a directory in", workspace) }
        return String(decoding: path.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Reads lines until the tool has ended and the pipe is empty.
    private static func listen(_ descriptor: Int32, _ host: Host, _ heard: Monitor<Heard>) {
        var lines = LineBuffer()
        while true {
            let isOver = heard.withLock { $0.isOver }
            let count = lines.append(1 << 14) { read(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                while let line = lines.next() { take(Data(line), host, heard) }
            } else if isOver {
                return
            } else {
                var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                poll(&waiting, 1, 50)
            }
        }
    }

    private static func take(_ line: Data, _ host: Host, _ heard: Monitor<Heard>) {
        guard let message = try? JSONText.decode(ToolMessage.self, from: line) else { return }
        if let progress = message.progress {
            host.progress(progress.label ?? "", done: progress.done, total: progress.total, unit: progress.unit)
        }
        if let log = message.log { host.log(log.message, level: Host.Level(rawValue: log.level) ?? .info) }
        heard.withLock { heard in
            if let timestamp = message.timestamp { heard.timestamp = timestamp }
            if let error = message.error { heard.error = error }
            if let deferred = message.deferred { heard.deferred.merge(deferred) { $1 } }
        }
    }
}
