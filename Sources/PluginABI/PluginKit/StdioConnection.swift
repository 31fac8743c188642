import Glibc
import JSON
import PluginWire
import System

/// The host at the other end of two pipes.
///
/// A thread of its own reads what arrives, so that `cancel` is seen while the author's code runs.
final class StdioConnection: HostConnection {
    private struct State: Sendable {
        var requests: [Message] = []
        var answers: [Message.ID: Message] = [:]
        var lastID = 0
        var running: Message.ID?
        var cancelled: Set<Message.ID> = []
        var ended = false
    }

    private let state = Monitor(State())
    private let writer: LineWriter

    init(output: Int32) {
        writer = LineWriter(descriptor: output)
    }

    var isCancelled: Bool {
        state.withLock { $0.ended || $0.running.map($0.cancelled.contains) == true }
    }

    func call(_ method: String, _ parameters: JSON) throws(ErrorObject) -> JSON {
        let id = state.withLock { state in
            state.lastID += 1
            return Message.ID.number(state.lastID)
        }
        writer.write(.request(id: id, method: method, params: parameters))
        let answer = state.wait { state in
            state.answers.removeValue(forKey: id) ?? (state.ended ? .failure(id: id, .cancelled) : nil)
        }
        if let error = answer.error { throw error }
        return answer.result ?? .null
    }

    func notify(_ method: String, _ parameters: JSON) {
        writer.write(.notification(method: method, params: parameters))
    }

    /// Answers requests, one after the other, until the host ends the conversation.
    func serve(_ answer: (Message) throws(ErrorObject) -> JSON) {
        while let request = nextRequest() {
            guard case .request(let id, _) = request.kind else { continue }
            if state.withLock({ $0.cancelled.contains(id) }) {
                writer.write(.failure(id: id, .cancelled))
            } else {
                do throws(ErrorObject) {
                    writer.write(.success(id: id, result: try answer(request)))
                } catch {
                    writer.write(.failure(id: id, error))
                }
            }
            state.withLock { state in
                state.running = nil
                state.cancelled.remove(id)
            }
        }
    }

    private func nextRequest() -> Message? {
        state.wait { state -> Message?? in
            if state.ended { return .some(nil) }
            guard !state.requests.isEmpty else { return nil }
            let request = state.requests.removeFirst()
            if case .request(let id, _) = request.kind { state.running = id }
            return request
        }
    }

    /// Reads lines until the host says `shutdown` or closes the pipe.
    func readAll(from descriptor: Int32) {
        var reader = LineReader(descriptor: descriptor, limit: ABI.maximumMessageSize)
        reading: while true {
            switch reader.next() {
            case .end: break reading
            case .tooLong:
                let limit = ABI.maximumMessageSize
                writer.write(
                    .failure(
                        id: nil,
                        ErrorObject(code: .invalidRequest, message: "a message is longer than \(limit) bytes")
                    )
                )
            case .text(let line): if !receive(line) { break reading }
            }
        }
        state.withLock { $0.ended = true }
    }

    /// Takes one line; false when it says that the conversation is over.
    private func receive(_ line: [UInt8]) -> Bool {
        let message: Message
        do throws(ErrorObject) {
            message = try Message(line: line)
        } catch {
            writer.write(.failure(id: nil, error))
            return true
        }
        switch message.kind {
        case .request: state.withLock { $0.requests.append(message) }
        case .response(let id?): state.withLock { $0.answers[id] = message }
        case .response(nil): break
        case .notification(ABI.V1.Shutdown.method): return false
        case .notification(ABI.V1.Cancel.method): cancel(message)
        case .notification: break
        }
        return true
    }

    private func cancel(_ message: Message) {
        guard let id = (try? message.parameters(as: ABI.V1.Cancel.self))?.id else { return }
        state.withLock { state in
            let isWaiting = state.requests.contains { $0.kind.requestID == id }
            // A request that was answered already is none of our business any more.
            if state.running == id || isWaiting { state.cancelled.insert(id) }
        }
    }
}

extension Message.Kind {
    fileprivate var requestID: Message.ID? {
        if case .request(let id, _) = self { id } else { nil }
    }
}
