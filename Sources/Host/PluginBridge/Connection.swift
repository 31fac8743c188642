import Glibc
import JSON
import PluginWire
import Synchronization
import System

/// The two pipes to the host: messages as lines, sent from any thread, received by the one that waits.
///
/// There is no thread that reads all the time: whoever waits for an answer reads, and whoever asks whether the request
/// was cancelled takes what has come in by then.
final class Connection: Sendable {
    private let input: Int32
    private let output: Int32
    private let incoming = Mutex(Incoming())
    private let cancelled = Mutex(Set<Message.ID>())
    private let sending = Mutex(0)

    private struct Incoming {
        var lines = LineBuffer()
        var requests: [Message] = []
        var answers: [Message.ID: Message] = [:]
        var ended = false
    }

    init(input: Int32, output: Int32) {
        self.input = input
        self.output = output
    }

    /// The next request or notification, or nil when there will be none.
    func next() -> Message? {
        incoming.withLock { incoming in
            while incoming.requests.isEmpty, !incoming.ended { receive(&incoming) }
            return incoming.requests.isEmpty ? nil : incoming.requests.removeFirst()
        }
    }

    /// Asks the host and waits for its answer.
    func request(_ method: String, _ params: JSON) throws(ErrorObject) -> JSON {
        let id = sending.withLock { number in
            number += 1
            return Message.ID.number(number)
        }
        guard send(.request(id: id, method: method, params: params)) else {
            throw ErrorObject(code: .invalidParameters, message: "the request \(method) is too large to be sent")
        }
        let answer = incoming.withLock { incoming in
            while incoming.answers[id] == nil, !incoming.ended { receive(&incoming) }
            return incoming.answers.removeValue(forKey: id)
        }
        guard let answer else {
            throw ErrorObject(code: .cancelled, message: "the host exited before it answered \(method)")
        }
        if let error = answer.error { throw error }
        return answer.result ?? .null
    }

    /// Returns true if the host sent `cancel` for this request.
    func isCancelled(_ id: Message.ID) -> Bool {
        // If another thread is waiting for input, it also takes the cancellation.
        _ = incoming.withLockIfAvailable { incoming in
            while !incoming.ended, hasInput { receive(&incoming) }
        }
        return cancelled.withLock { $0.contains(id) }
    }

    func forget(_ id: Message.ID) {
        cancelled.withLock { _ = $0.remove(id) }
    }

    /// Sends a message; false if it cannot be put into a line that the host would accept.
    @discardableResult
    func send(_ message: Message) -> Bool {
        guard var line = try? message.line(), line.count < ABI.maximumMessageSize else { return false }
        line.append(UInt8(ascii: "\n"))
        // An error means that the host is gone: the next read then says so.
        sending.withLock { [line] _ in try? writeAll(output, line) }
        return true
    }

    private var hasInput: Bool {
        var descriptor = pollfd(fd: input, events: Int16(POLLIN), revents: 0)
        return poll(&descriptor, 1, 0) > 0
    }

    /// Reads once, and sorts what has become complete.
    private func receive(_ incoming: inout Incoming) {
        let count = incoming.lines.append(64 << 10) { read(input, $0.baseAddress, $0.count) }
        if count < 0, errno == EINTR { return }
        if count <= 0 { incoming.ended = true }
        while let line = incoming.lines.next() {
            if line.isEmpty { continue }
            do throws(ErrorObject) {
                take(try Message(line: line), &incoming)
            } catch {
                send(.failure(id: nil, error))
            }
        }
        if incoming.lines.count > ABI.maximumMessageSize {
            send(.failure(id: nil, ErrorObject(code: .parseError, message: "A line from the host is too long")))
            incoming.ended = true
        }
    }

    private func take(_ message: Message, _ incoming: inout Incoming) {
        switch message.kind {
        case .response(let id):
            if let id { incoming.answers[id] = message }
        case .notification(ABI.V1.Cancel.method):
            guard let params = message.params,
                let cancel = try? JSONText.convert(params, to: ABI.V1.Cancel.self)
            else { return }
            cancelled.withLock { _ = $0.insert(cancel.id) }
        case .request, .notification:
            incoming.requests.append(message)
        }
    }
}
