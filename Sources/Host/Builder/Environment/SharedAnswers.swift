import PluginWire
import Synchronization

/// The answers of distributions to images of this build, for others that ask exactly the same.
public final class SharedAnswers: Sendable {
    private let answers = Mutex<[String: ABI.V1.Resolved]>([:])

    public init() {}

    /// Keeps the answer to a question; it must not name packages of one image's own directories.
    func add(_ answer: ABI.V1.Resolved, to question: String) { answers.withLock { $0[question] = answer } }

    func find(_ question: String) -> ABI.V1.Resolved? { answers.withLock { $0[question] } }
}
