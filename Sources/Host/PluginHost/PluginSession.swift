import ByteKeys
public import Execution
import JSON
public import PluginWire
public import Support
import System

/// A running plugin that has answered `initialize`: takes one request after the other.
///
/// A session belongs to the thread that uses it. Whatever the plugin does, every call returns in bounded time, and
/// every
/// failure is one sentence. After a failure that broke the conversation the process is gone and later requests fail.
public final class PluginSession {
    public let plugin: InstalledPlugin
    /// The plugin's answer to `initialize`.
    public private(set) var initialized = ABI.V1.Initialized(
        protocol: 0,
        interface: 0,
        plugin: ABI.V1.Program(name: "", version: "")
    )

    private let connection: PluginConnection
    private let limits: PluginLimits
    private let services: any HostServices
    private var desk: ServiceDispatcher
    private let cancellation: Cancellation?
    private let sentences: PluginFailure
    private var lastID = 0
    private var isDead = false

    /// Starts a plugin and negotiates the versions.
    ///
    /// - Parameters:
    ///   - plugin: Whom to start.
    ///   - launcher: How.
    ///   - services: What the plugin may ask for while it works.
    ///   - cancellation: Ends the running request, and with it the plugin's work, when the user gives up.
    /// - Throws: one sentence about why the plugin could not be started or what it speaks.
    public init(
        _ plugin: InstalledPlugin,
        launcher: PluginLauncher,
        services: any HostServices,
        cancellation: Cancellation? = nil
    ) throws(Failure) {
        self.plugin = plugin
        self.services = services
        desk = ServiceDispatcher(services)
        self.cancellation = cancellation
        limits = launcher.limits
        sentences = PluginFailure(plugin: plugin)
        guard plugin.hasCode else { throw sentences.noCode() }
        if let fault = plugin.codeFault { throw fault }
        do throws(SystemCallError) {
            connection = try PluginConnection(
                launcher.plan(for: plugin),
                messageSize: launcher.limits.messageSize,
                onErrorLine: { services.log(ABI.V1.Log(level: "debug", message: "\(plugin.name): \($0)")) }
            )
        } catch {
            throw sentences.cannotStart(error)
        }
        try initialize(host: launcher.host)
    }

    deinit {
        if !isDead { connection.kill() }
    }

    /// Makes one request and waits for the answer.
    public func request<Request: PluginRequest>(_ request: Request) throws(Failure) -> Request.Answer {
        let outcome = try exchange(request, deadline: nil)
        do throws(ErrorObject) {
            return try checked(outcome.get(), of: request)
        } catch {
            throw failure(for: error, method: Request.method)
        }
    }

    /// Makes a request that a plugin need not answer; nil when it does not.
    public func requestIfSupported<Request: PluginRequest>(_ request: Request) throws(Failure) -> Request.Answer? {
        let outcome = try exchange(request, deadline: nil)
        do throws(ErrorObject) {
            return try checked(outcome.get(), of: request)
        } catch {
            let code = ErrorObject.Code(rawValue: error.code)
            if code == .unsupported || code == .methodNotFound { return nil }
            throw failure(for: error, method: Request.method)
        }
    }

    /// Ends the plugin in good order, or by force when it does not end in time.
    ///
    /// - Returns: its exit status, or nil when it had to be killed.
    @discardableResult
    public func shutdown() -> ExitStatus? {
        if isDead { return nil }
        isDead = true
        send(.notification(method: ABI.V1.Shutdown.method, params: .object([:])))
        return connection.close(within: limits.shutdown)
    }

    // MARK: - Versions

    private func initialize(host: ABI.V1.Program) throws(Failure) {
        let request = ABI.V1.Initialize(
            protocol: ABI.protocolVersions,
            interface: ABI.interfaceVersions,
            host: host,
            pluginDirectory: plugin.directory
        )
        let outcome = try exchange(request, deadline: .now + limits.initialize)
        do throws(ErrorObject) {
            initialized = try typed(outcome.get(), as: ABI.V1.Initialized.self)
        } catch {
            connection.kill()
            isDead = true
            throw failure(for: error, method: ABI.V1.Initialize.method)
        }
        let spoken = [
            ("protocol", initialized.protocol, ABI.protocolVersions),
            ("interface", initialized.interface, ABI.interfaceVersions),
        ]
        for (name, version, range) in spoken where version < range.min || version > range.max {
            connection.kill()
            isDead = true
            throw sentences.mismatch(name, own: range, plugin: VersionRange(min: version, max: version))
        }
        if let flaw = plugin.flaw(of: initialized) {
            connection.kill()
            isDead = true
            throw sentences.violation(flaw)
        }
    }

    // MARK: - One request

    /// Sends a request and serves the plugin until the answer comes.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - deadline: When the answer must be there; nil: silence is what ends the request.
    /// - Returns: the result or the error that the plugin answered.
    /// - Throws: one sentence about how the plugin broke the conversation; its process is then gone.
    private func exchange<Request: PluginRequest>(
        _ request: Request,
        deadline: ContinuousClock.Instant?
    ) throws(Failure) -> Result<JSON, ErrorObject> {
        guard !isDead else { throw sentences.violation("has ended and cannot answer \(Request.method)") }
        desk.lastFailure = nil
        desk.policy = services.policy(for: Request.method)
        lastID += 1
        let line: [UInt8]
        do {
            line = try Message.request(
                id: .number(lastID),
                method: Request.method,
                params: JSONText.untyped(request)
            ).line()
        } catch {
            throw Failure(.plugin, "The parameters of \(Request.method) cannot be encoded", cause: error)
        }
        guard line.count < limits.messageSize else {
            throw Failure(.plugin, "The parameters of \(Request.method) exceed the maximum message length")
        }
        connection.send(line)
        var exchange = Exchange(method: Request.method, id: .number(lastID), limits: limits, deadline: deadline)
        do throws(Failure) {
            return try serve(&exchange)
        } catch {
            connection.kill()
            isDead = true
            throw error
        }
    }

    private func serve(_ exchange: inout Exchange) throws(Failure) -> Result<JSON, ErrorObject> {
        let method = exchange.method
        while true {
            let event = connection.next(
                until: exchange.limit,
                cancellation: exchange.isCancelling ? nil : cancellation
            )
            switch event {
            case .line(let line):
                exchange.heard(bytes: line.count)
                if let outcome = try receive(line, &exchange) { return outcome }
            case .cancelled:
                exchange.cancel()
                if let id = try? JSONText.untyped(ABI.V1.Cancel(id: exchange.id)) {
                    send(.notification(method: ABI.V1.Cancel.method, params: id))
                }
            case .timeout where exchange.isCancelling: throw Self.cancelled
            case .timeout:
                throw sentences.silent(for: exchange.patience, during: method, tail: connection.errorTail)
            case .ended where exchange.isCancelling: throw Self.cancelled
            case .ended(let status):
                throw sentences.ended(status, during: method, tail: connection.errorTail)
            case .closed: throw sentences.closed(during: method, tail: connection.errorTail)
            case .tooLong(let start):
                throw sentences.tooLong(
                    start,
                    during: method,
                    limit: limits.messageSize,
                    tail: connection.errorTail
                )
            }
            if let excess = exchange.excess { throw sentences.violation(excess, tail: connection.errorTail) }
            if connection.unread > limits.unread {
                throw sentences.violation(
                    "does not read its standard input: more than \(limits.unread >> 20) MiB wait there during \(method)",
                    tail: connection.errorTail
                )
            }
        }
    }

    /// Takes one line; returns the outcome of the request when this was its answer.
    private func receive(
        _ line: [UInt8],
        _ exchange: inout Exchange
    ) throws(Failure) -> Result<JSON, ErrorObject>? {
        let message: Message
        do throws(ErrorObject) {
            message = try Message(line: line)
        } catch {
            throw sentences.garbage(line, error, during: exchange.method, tail: connection.errorTail)
        }
        switch message.kind {
        case .notification(let method):
            exchange.notified()
            desk.take(method, message)
        case .request(let id, let method):
            answer(id, method, message, isCancelling: exchange.isCancelling)
            exchange.served()
        case .response(let id) where id == exchange.id:
            if exchange.isCancelling { throw Self.cancelled }
            return message.error.map { .failure($0) } ?? .success(message.result ?? .null)
        case .response(nil):
            throw sentences.violation(
                "did not understand \(exchange.method): \(Excerpt.text(message.error?.message ?? "no reason"))",
                tail: connection.errorTail
            )
        case .response:
            throw sentences.violation(
                "answered a request that was not made during \(exchange.method): \(Excerpt.quoted(line))",
                tail: connection.errorTail
            )
        }
        return nil
    }

    private static var cancelled: Failure { Failure(.cancelled, "The build was cancelled") }

    // MARK: - What the plugin asks

    private func answer(_ id: Message.ID, _ method: String, _ message: Message, isCancelling: Bool) {
        let isCancelled = isCancelling || cancellation?.isCancelled == true
        do throws(ErrorObject) {
            send(.success(id: id, result: try desk.answer(method, message, isCancelled: isCancelled)))
        } catch {
            send(.failure(id: id, error))
        }
    }

    private func send(_ message: Message) {
        guard let line = try? message.line() else { return }
        connection.send(line)
    }

    private func typed<Answer: Decodable>(_ result: JSON, as type: Answer.Type) throws(ErrorObject) -> Answer {
        do throws(ErrorObject) {
            return try Message.typed(result == .null ? .object([:]) : result, as: type, name: "result")
        } catch {
            throw ErrorObject(
                code: .invalidRequest,
                message: "its answer does not conform to PROTOCOL.md: \(error.message)"
            )
        }
    }

    /// The answer, if a build can use it.
    private func checked<Request: PluginRequest>(
        _ result: JSON,
        of request: Request
    ) throws(ErrorObject) -> Request.Answer {
        let answer = try typed(result, as: Request.Answer.self)
        do throws(AnswerFlaw) {
            try request.check(answer)
        } catch {
            throw ErrorObject(code: .invalidRequest, message: "it \(error.reason)")
        }
        return answer
    }

    private func failure(for error: ErrorObject, method: String) -> Failure {
        desk.original(of: error) ?? sentences.answered(error, to: method)
    }
}
