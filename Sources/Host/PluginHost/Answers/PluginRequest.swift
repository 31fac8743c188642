public import PluginWire

/// A request that the host makes, with the type of its answer.
public protocol PluginRequest: Codable, Sendable {
    associatedtype Answer: Codable, Sendable
    static var method: String { get }

    /// Throws for an answer that has the right shape and cannot be used.
    ///
    /// Every session checks every answer by this, in builds and in `mkosi plugin check` alike.
    func check(_ answer: Answer) throws(AnswerFlaw)
}

extension PluginRequest {
    public func check(_ answer: Answer) throws(AnswerFlaw) {}
}

extension ABI.V1.Remove: PluginRequest { public typealias Answer = ABI.V1.Empty }
extension ABI.V1.Owners: PluginRequest { public typealias Answer = ABI.V1.Owned }
extension ABI.V1.MakeRepository: PluginRequest { public typealias Answer = ABI.V1.Empty }

extension ABI.V1.LatestSnapshot: PluginRequest {
    public typealias Answer = ABI.V1.Snapshot

    public func check(_ answer: ABI.V1.Snapshot) throws(AnswerFlaw) {
        // It becomes the value of a setting, a line of a lock file.
        guard answer.snapshot.isOneWord else {
            throw AnswerFlaw("returned \(AnswerFlaw.quoted(answer.snapshot)) as the newest snapshot")
        }
    }
}

/// `describe`, which has no parameters.
public struct Describe: PluginRequest {
    public typealias Answer = ABI.V1.Description
    public static let method = ABI.V1.Description.method
    public init() {}
}

extension ABI.V1.Initialize: PluginRequest { public typealias Answer = ABI.V1.Initialized }

extension String {
    /// True if the text is not empty and has neither spaces nor control characters.
    var isOneWord: Bool { !isEmpty && utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F } }
}
