import CPluginABI
import Glibc
import JSON
import PluginWire
import Synchronization

/// The services that hooks may use: plain C functions that send the requests of the protocol.
///
/// The instance lives as long as the process, for the plugin may keep the functions.
final class BridgedServices {
    let connection: Connection
    /// Set while a hook runs; only its thread may look at it.
    private var call: HookCall?
    private let thread = pthread_self()
    /// The request that is being served, for the services that any thread may use.
    private let request = Mutex<Message.ID?>(nil)
    private let throttle = Mutex(ProgressThrottle())

    init(connection: Connection) {
        self.connection = connection
    }

    /// Runs `body` with this call as the one that the services belong to.
    func during(_ call: HookCall, _ body: () -> Int32) -> Int32 {
        self.call = call
        request.withLock { $0 = call.id }
        defer {
            self.call = nil
            request.withLock { $0 = nil }
        }
        let status = body()
        // Flush what the library printed, so that it appears next to its cause.
        fflush(nil)
        return status
    }

    /// Serves the hook that runs; a service that throws gives the hook the error's code.
    func serve(_ body: (HookCall) throws(ErrorObject) -> Void) -> ForeignValue {
        guard pthread_equal(thread, pthread_self()) != 0, let call else { return .int32(MKOSI_ERROR_INTERNAL) }
        do {
            try body(call)
            return .int32(MKOSI_OK)
        } catch {
            call.serviceError = error
            let code = Int32(truncatingIfNeeded: error.code)
            return .int32(code == 0 ? MKOSI_ERROR_INTERNAL : code)
        }
    }

    /// Sets a result; an error is kept, so that it takes effect even if the hook ignores the status.
    func serveResult(_ body: (HookCall) throws(ResultBuilder.Problem) -> Void) -> ForeignValue {
        serve { call throws(ErrorObject) in
            do throws(ResultBuilder.Problem) {
                try body(call)
            } catch {
                let error = ErrorObject(
                    code: .invalidParameters,
                    message: "the plugin set a result at a wrong path: \(error.message)"
                )
                call.resultError = call.resultError ?? error
                throw error
            }
        }
    }

    func log(level: Int32, message: String) {
        let level =
            switch level {
            case MKOSI_LOG_DEBUG: "debug"
            case MKOSI_LOG_INFO: "info"
            case MKOSI_LOG_WARNING: "warning"
            default: "error"
            }
        notify(ABI.V1.Log.method, ABI.V1.Log(level: level, message: message))
    }

    func progress(_ progress: ABI.V1.Progress) {
        guard throttle.withLock({ $0.admits(progress) }) else { return }
        notify(ABI.V1.Progress.method, progress)
    }

    var isCancelled: Bool {
        request.withLock { $0 }.map { connection.isCancelled($0) } ?? false
    }

    var lastError: UnsafePointer<CChar>? {
        guard pthread_equal(thread, pthread_self()) != 0, let call, let error = call.serviceError else { return nil }
        return call.memory.copy(error.message)
    }

    func ask<Answer: Decodable>(
        _ method: String,
        _ params: some Encodable,
        for answer: Answer.Type
    ) throws(ErrorObject) -> Answer {
        let untyped: JSON
        do { untyped = try JSONText.untyped(params) } catch {
            throw ErrorObject(code: .invalidParameters, message: "the request \(method) cannot be written as JSON")
        }
        let result = try connection.request(method, untyped)
        do { return try JSONText.convert(result, to: Answer.self) } catch {
            throw ErrorObject(code: .internalError, message: "the host's answer to \(method) cannot be read")
        }
    }

    private func notify(_ method: String, _ params: some Encodable) {
        guard let params = try? JSONText.untyped(params) else { return }
        connection.send(.notification(method: method, params: params))
    }
}

/// Limits progress to a visible rate.
private struct ProgressThrottle {
    private var last: (label: String?, time: ContinuousClock.Instant)?

    mutating func admits(_ progress: ABI.V1.Progress) -> Bool {
        let now = ContinuousClock.now
        if let last, last.label == progress.label, now - last.time < .milliseconds(50),
            progress.done == nil || progress.done != progress.total
        {
            return false
        }
        last = (progress.label, now)
        return true
    }
}
