import FoundationEssentials
import Glibc
import JSON
import PluginWire
import TestSupport
import Testing

/// The real bridge as a child, with the test as its host.
final class BridgeProcess {
    private let pid: pid_t
    private var toBridge: Int32
    private let fromBridge: Int32
    private let directory: TemporaryDirectory
    private let kept: TemporaryDirectory
    private var received: [UInt8] = []
    private var ended: Program.Ended?
    private var lastID = 0
    /// Every notification that came while the test waited for something else.
    private(set) var notifications: [Message] = []
    /// How the test answers the plugin's requests.
    var serve: (_ method: String, _ params: JSON) throws -> JSON = { method, _ in
        throw ErrorObject(code: .methodNotFound, message: "The test has no \(method)")
    }

    convenience init(_ library: FixtureLibrary, environment: [String] = []) throws {
        try self.init(library.path, keeping: library.directory, environment: environment)
    }

    /// Starts the bridge for a library in a directory that must not go away before the bridge does.
    init(_ library: String, keeping kept: TemporaryDirectory, environment: [String] = []) throws {
        self.kept = kept
        // Writing to a bridge that has ended must not end the tests.
        signal(SIGPIPE, SIG_IGN)
        var input: [Int32] = [0, 0]
        var output: [Int32] = [0, 0]
        let made = pipe(&input) == 0 && pipe(&output) == 0
        try #require(made)
        directory = try TemporaryDirectory()
        let errors = open(directory.path + "/stderr", O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
        let bridge = try Project.programs + "/mkosi-plugin-bridge"
        pid = try Program.start([bridge, library], environment: environment, streams: [input[0], output[1], errors])
        close(input[0])
        close(output[1])
        close(errors)
        toBridge = input[1]
        fromBridge = output[0]
    }

    deinit {
        if ended == nil {
            kill(SIGKILL)
            _ = try? Program.wait(for: pid)
        }
        closeInput()
        close(fromBridge)
    }

    func closeInput() {
        if toBridge >= 0 { close(toBridge) }
        toBridge = -1
    }

    var isRunning: Bool {
        var information = siginfo_t()
        return waitid(P_PID, id_t(pid), &information, WEXITED | WNOHANG | WNOWAIT) == 0 && information.si_signo == 0
    }

    func kill(_ signal: Int32) {
        _ = Glibc.kill(pid, signal)
    }

    /// What the library wrote on standard error.
    var errors: String { Program.text(directory.path + "/stderr") }

    func send(line: String) {
        var bytes = Array((line + "\n").utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { write(toBridge, $0.baseAddress, $0.count) }
            if count <= 0 { return }
            bytes = bytes.dropFirst(count)
        }
    }

    func send(_ message: Message) throws {
        send(line: String(decoding: try message.line(), as: UTF8.self))
    }

    func cancel(_ id: Message.ID) throws {
        try send(.notification(method: ABI.V1.Cancel.method, params: JSONText.untyped(ABI.V1.Cancel(id: id))))
    }

    /// Sends a request without waiting for its answer.
    func begin(_ method: String, _ params: JSON = [:]) throws -> Message.ID {
        lastID += 1
        try send(.request(id: .number(lastID), method: method, params: params))
        return .number(lastID)
    }

    /// Sends a request and waits for its answer.
    func request(_ method: String, _ params: JSON = [:]) throws -> Message {
        try answer(to: begin(method, params))
    }

    func result(_ method: String, _ params: JSON = [:]) throws -> JSON {
        let answer = try request(method, params)
        #expect(answer.error == nil)
        return try #require(answer.result)
    }

    func error(_ method: String, _ params: JSON = [:]) throws -> ErrorObject {
        try #require(try request(method, params).error)
    }

    /// Serves the plugin until the answer to a request comes.
    func answer(to id: Message.ID) throws -> Message {
        while true {
            let message = try #require(try next(), "the bridge ended without an answer; it said: \(errors)")
            switch message.kind {
            case .notification:
                notifications.append(message)
            case .request(let id, let method):
                let answer: Message
                do {
                    answer = .success(id: id, result: try serve(method, message.params ?? .null))
                } catch {
                    let unexpected = ErrorObject(code: .internalError, message: "\(error)")
                    answer = .failure(id: id, error as? ErrorObject ?? unexpected)
                }
                try send(answer)
            case .response(let answered):
                #expect(answered == id)
                return message
            }
        }
    }

    @discardableResult
    func initialize(
        protocol: VersionRange = ABI.protocolVersions,
        interface: VersionRange = ABI.interfaceVersions,
        pluginDirectory: String = "/plugins/fixture"
    ) throws -> Message {
        let params = ABI.V1.Initialize(
            protocol: `protocol`,
            interface: interface,
            host: ABI.V1.Program(name: "test", version: "1"),
            pluginDirectory: pluginDirectory
        )
        return try request(ABI.V1.Initialize.method, try JSONText.untyped(params))
    }

    /// The next message, or nil at the end of the bridge's output; never waits longer than half a minute.
    func next() throws -> Message? {
        while true {
            if let end = received.firstIndex(of: UInt8(ascii: "\n")) {
                let line = received[..<end]
                received.removeFirst(end + 1)
                return try JSONText.decode(Message.self, from: line)
            }
            var descriptor = pollfd(fd: fromBridge, events: Int16(POLLIN), revents: 0)
            try #require(poll(&descriptor, 1, 30_000) == 1, "the bridge said nothing for too long")
            var chunk = [UInt8](repeating: 0, count: 64 << 10)
            let count = read(fromBridge, &chunk, chunk.count)
            if count <= 0 { return nil }
            received += chunk[..<count]
        }
    }

    /// How the bridge ended, once its output has.
    func wait() throws -> Program.Ended {
        closeInput()
        while let message = try next() { notifications.append(message) }
        let how = try Program.wait(for: pid)
        ended = how
        return how
    }
}
