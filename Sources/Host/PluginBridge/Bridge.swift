import ByteKeys
import JSON
import PluginWire

/// Serves the protocol for one library: loads it, negotiates versions, and passes requests to its hooks.
public final class Bridge {
    private let path: String
    private let connection: Connection
    private var session: Session?

    /// - Parameters:
    ///   - path: The library.
    ///   - input: The descriptor that messages of the host come from.
    ///   - output: The descriptor that messages to the host go to.
    public init(library path: String, input: Int32, output: Int32) {
        self.path = path
        connection = Connection(input: input, output: output)
    }

    /// Serves requests until the host has no more, and returns the exit status.
    public func run() -> Int32 {
        while let message = connection.next() {
            switch message.kind {
            case .notification(ABI.V1.Shutdown.method):
                return 0
            case .request(let id, let method):
                do throws(ErrorObject) {
                    answer(id, method, .success(try serve(id, method, message.params ?? .object([:]))))
                } catch {
                    answer(id, method, .failure(error))
                    // Without a library there is nothing to go on with.
                    if method == ABI.V1.Initialize.method, session == nil { return 1 }
                }
            case .notification, .response:
                continue
            }
        }
        return 0
    }

    private func serve(_ id: Message.ID, _ method: String, _ params: JSON) throws(ErrorObject) -> JSON {
        defer { connection.forget(id) }
        guard let session else {
            guard method == ABI.V1.Initialize.method else {
                throw ErrorObject(
                    code: .invalidRequest,
                    message: "the first request has to be initialize, not \(method)"
                )
            }
            return try initialize(params)
        }
        guard method != ABI.V1.Initialize.method else {
            throw ErrorObject(code: .invalidRequest, message: "the plugin is already initialized")
        }
        guard !connection.isCancelled(id) else {
            throw ErrorObject(code: .cancelled, message: "the request was cancelled before it started")
        }
        return try session.serve(id, method, params)
    }

    private func initialize(_ params: JSON) throws(ErrorObject) -> JSON {
        guard let request = try? JSONText.convert(params, to: ABI.V1.Initialize.self) else {
            throw ErrorObject(code: .invalidParameters, message: "the parameters of initialize cannot be read")
        }
        let session = try Session(library: Library(loading: path), request: request, connection: connection)
        self.session = session
        guard let answer = try? JSONText.untyped(session.initialized) else {
            throw ErrorObject(code: .internalError, message: "the answer to initialize cannot be written as JSON")
        }
        return answer
    }

    private func answer(_ id: Message.ID, _ method: String, _ result: Result<JSON, ErrorObject>) {
        let message: Message =
            switch result {
            case .success(let value): .success(id: id, result: value)
            case .failure(let error): .failure(id: id, error)
            }
        guard !connection.send(message) else { return }
        let error = ErrorObject(
            code: .internalError,
            message: "the plugin's answer to \(method) is longer than \(ABI.maximumMessageSize >> 20) MiB"
        )
        connection.send(.failure(id: id, error))
    }
}
