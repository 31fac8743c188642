/// The end of what a program wrote, and in front of it the lines that look like the reason why it failed.
///
/// A script often says first what is wrong, and then much about what it cleans up.
public struct OutputExcerpt: Sendable {
    private let limit: Int
    private var reasons: [String] = []
    private var end: [String] = []

    /// A part of the limit, so that the end is there whatever a program writes.
    private static let mostReasons = 6
    private static let signs = [
        "error", "fail", "cannot", "can't", "could not", "unable", "not found", "no such", "denied", "fatal", "invalid",
        "missing",
    ]

    public init(limit: Int = 20) { self.limit = limit }

    /// At most as many lines as the limit, in their order.
    public var lines: [String] { reasons + end }

    public mutating func append(_ line: String) {
        end.append(line)
        while reasons.count + end.count > limit {
            let first = end.removeFirst()
            guard reasons.count < Self.mostReasons else { continue }
            let text = first.lowercased()
            if Self.signs.contains(where: { text.contains($0) }) { reasons.append(first) }
        }
    }
}
