import ByteKeys
import Glibc
import JSON
import PluginWire
import Support
import System
import Testing

@testable import PluginKit

/// A plugin's code between two pipes, with the test as its host.
final class Wires {
    private let toPlugin: CInt
    private var fromPlugin: LineReader

    /// Starts serving on two threads, as `PluginMain` does in a process of its own.
    init(distribution: (any DistributionPlugin)? = nil, format: (any FormatPlugin)? = nil) throws {
        var input: [CInt] = [0, 0]
        var output: [CInt] = [0, 0]
        try systemCall("pipe") { pipe(&input) }
        try systemCall("pipe") { pipe(&output) }
        toPlugin = input[1]
        fromPlugin = LineReader(descriptor: output[0], limit: ABI.maximumMessageSize)
        let connection = StdioConnection(output: output[1])
        let reader = input[0]
        let service = PluginService(distribution: distribution, format: format)
        _ = try? WorkerThread { connection.readAll(from: reader) }
        _ = try? WorkerThread {
            var conversation = PluginConversation(service: service, connection: connection)
            connection.serve { request throws(ErrorObject) in
                guard case .request(_, let method) = request.kind else { return .null }
                return try conversation.answer(method, request.params ?? .object([:]))
            }
        }
    }

    deinit {
        close(toPlugin)
    }

    func send(line: String) {
        try? writeAll(toPlugin, "\(line)\n".utf8)
    }

    func send(_ message: Message) throws {
        send(line: String(decoding: try message.line(), as: UTF8.self))
    }

    func request(_ id: Int, _ method: String, _ parameters: JSON = .object([:])) throws {
        try send(.request(id: .number(id), method: method, params: parameters))
    }

    func next() throws -> Message {
        guard case .text(let line) = fromPlugin.next() else { throw ErrorObject(code: .internalError, message: "end") }
        return try Message(line: line)
    }

    /// Says `initialize` and takes the answer.
    func begin(directory: String) throws -> Message {
        let request = ABI.V1.Initialize(
            protocol: ABI.protocolVersions,
            interface: ABI.interfaceVersions,
            host: ABI.V1.Program(name: "test", version: "1"),
            pluginDirectory: directory
        )
        try self.request(1, ABI.V1.Initialize.method, JSONText.untyped(request))
        return try next()
    }
}
