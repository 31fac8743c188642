import ByteKeys
import Execution
import JSON
import PluginWire
import Support
import System

/// A conversation in which the conformance suite says exactly what it wants, right or wrong.
final class CheckConversation {
    private let connection: PluginConnection
    private let limits: PluginLimits
    private var desk: ServiceDispatcher
    private let services: any HostServices
    private let plugin: InstalledPlugin
    private var lastID = 0
    /// Directories that the plugin may ask for downloads to.
    var writable: [String] = []

    init(_ plugin: InstalledPlugin, launcher: PluginLauncher, services: any HostServices) throws(CheckFailure) {
        limits = launcher.limits
        self.plugin = plugin
        self.services = services
        desk = ServiceDispatcher(services)
        do throws(SystemCallError) {
            connection = try PluginConnection(
                launcher.plan(for: plugin),
                messageSize: launcher.limits.messageSize,
                onErrorLine: { services.log(ABI.V1.Log(level: "debug", message: $0)) }
            )
        } catch {
            throw CheckFailure("the plugin cannot be started: \(error)")
        }
    }

    deinit {
        connection.kill()
    }

    // MARK: - Speaking

    func send(line: String) {
        connection.send(line.utf8)
    }

    func send(_ message: Message) {
        if let line = try? message.line() { connection.send(line) }
    }

    func notify(_ method: String, _ parameters: JSON = .object([:])) {
        send(.notification(method: method, params: parameters))
    }

    /// Sends a request without waiting for its answer.
    func post(_ method: String, _ parameters: JSON = .object([:])) -> Message.ID {
        lastID += 1
        send(.request(id: .number(lastID), method: method, params: parameters))
        return .number(lastID)
    }

    // MARK: - Listening

    /// Makes a request and serves the plugin until it answers.
    func ask(_ method: String, _ parameters: JSON = .object([:])) throws(CheckFailure) -> Result<JSON, ErrorObject> {
        try answer(to: post(method, parameters), of: method)
    }

    /// Makes a request that has to succeed.
    func result(of method: String, _ parameters: JSON = .object([:])) throws(CheckFailure) -> JSON {
        switch try ask(method, parameters) {
        case .success(let result): return result
        case .failure(let error):
            throw CheckFailure("\(method) was answered with error \(error.code): \(Excerpt.text(error.message))")
        }
    }

    /// Waits for the answer with this id.
    func answer(to id: Message.ID, of method: String) throws(CheckFailure) -> Result<JSON, ErrorObject> {
        let answer = try response(while: method)
        guard case .response(let answered) = answer.kind, answered == id else {
            throw CheckFailure("\(method) was answered with another id than the request's")
        }
        return answer.error.map { .failure($0) } ?? .success(answer.result ?? .null)
    }

    /// Waits for the next response, whatever its id.
    func response(while method: String) throws(CheckFailure) -> Message {
        desk.policy = services.policy(for: method)
        if !writable.isEmpty { desk.policy.writable = writable }
        desk.policy.settings = plugin.declaredSettings(for: method)
        var notifications = 0
        var requests = 0
        // However busy the plugin is: a check ends.
        let end = ContinuousClock.now + limit(of: method) * limits.checkFactor
        while true {
            let message = try next(while: method, until: end)
            switch message.kind {
            case .response: return message
            case .notification(let method):
                notifications += 1
                guard notifications <= limits.notifications else {
                    throw CheckFailure("more than \(limits.notifications) notifications arrived during one request")
                }
                desk.take(method, message)
            case .request(let id, let method):
                requests += 1
                guard requests <= Self.mostRequests else {
                    throw CheckFailure(
                        "the plugin requested more than \(Self.mostRequests) services during one request"
                    )
                }
                do throws(ErrorObject) {
                    send(.success(id: id, result: try desk.answer(method, message, isCancelled: false)))
                } catch {
                    send(.failure(id: id, error))
                }
            }
        }
    }

    private static let mostRequests = 10_000

    private func limit(of method: String) -> Duration {
        method == ABI.V1.Initialize.method ? limits.initialize : limits.silence(for: method)
    }

    private func next(while method: String, until end: ContinuousClock.Instant) throws(CheckFailure) -> Message {
        let limit = limit(of: method)
        switch connection.next(until: min(end, .now + limit)) {
        case .line(let line):
            do throws(ErrorObject) {
                return try Message(line: line)
            } catch {
                throw CheckFailure(
                    "\(Excerpt.quoted(line)) arrived on standard output during \(method): \(error.message)"
                )
            }
        case .ended(let status):
            let tail = connection.errorTail.last.map { "; its last output was: \($0)" } ?? ""
            throw CheckFailure("the plugin ended with \(status) during \(method)\(tail)")
        case .closed: throw CheckFailure("the plugin closed its standard output during \(method)")
        case .tooLong: throw CheckFailure("a message of more than \(limits.messageSize) bytes arrived for \(method)")
        case .timeout, .cancelled:
            let seconds = ContinuousClock.now >= end ? limit * limits.checkFactor : limit
            throw CheckFailure("no answer to \(method) arrived within \(seconds.components.seconds) seconds")
        }
    }

    // MARK: - Ending

    /// Ends the conversation, and says what is wrong about how the plugin takes it.
    func finish(shutdown: Bool = true) throws(CheckFailure) {
        if shutdown { notify(ABI.V1.Shutdown.method) }
        let cause = shutdown ? "shutdown" : "the end of its input"
        switch connection.close(within: limits.shutdown) {
        case .exited(0): return
        case .some(let status): throw CheckFailure("the plugin ended with \(status) on \(cause), not with 0")
        case nil:
            throw CheckFailure(
                "the plugin did not end within \(limits.shutdown.components.seconds) seconds on \(cause)"
            )
        }
    }

    /// Returns the reaction to a line that is no message: an error, or the end of the process.
    func reactionToGarbage() throws(CheckFailure) {
        switch connection.next(until: .now + limits.shortRequest) {
        case .line(let line):
            guard let message = try? Message(line: line), case .response(nil) = message.kind,
                let error = message.error
            else { throw CheckFailure("a line that is not JSON was answered with \(Excerpt.quoted(line))") }
            let code = ErrorObject.Code(rawValue: error.code)
            guard code == .parseError || code == .invalidRequest else {
                throw CheckFailure("a line that is not JSON was answered with error \(error.code), not -32700")
            }
        case .ended(.exited): return
        case .ended(let status): throw CheckFailure("a line that is not JSON made the plugin end with \(status)")
        case .closed: return
        case .tooLong: throw CheckFailure("a line that is not JSON was answered with too many bytes")
        case .timeout, .cancelled: throw CheckFailure("a line that is not JSON was not answered at all")
        }
    }
}
