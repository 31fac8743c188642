import PluginHost
import Support

@testable import Builder

/// A plugin in memory: a closure answers its requests.
final class MemoryConversation: PluginConversation {
    /// Every request so far.
    private(set) var requests: [any PluginRequest] = []
    private(set) var hasEnded = false
    private let answer: (any PluginRequest) throws(Failure) -> (any Sendable)?

    init(_ answer: @escaping (any PluginRequest) throws(Failure) -> (any Sendable)?) {
        self.answer = answer
    }

    func request<Request: PluginRequest>(_ request: Request) throws(Failure) -> Request.Answer {
        guard let answer = try requestIfSupported(request) else {
            throw Failure(.plugin, "There is no answer to \(Request.method)")
        }
        return answer
    }

    func requestIfSupported<Request: PluginRequest>(_ request: Request) throws(Failure) -> Request.Answer? {
        requests.append(request)
        return try answer(request) as? Request.Answer
    }

    func end() { hasEnded = true }
}
