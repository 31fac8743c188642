/// One thing that a sandbox allows or forbids, as `--explain` prints it.
struct Exposure: Hashable {
    /// The degree to which it opens the host.
    enum Level: Int, Comparable {
        /// Closed.
        case none
        /// Exposed as requested, at low risk.
        case low
        /// Open, and part of the host depends on it.
        case high

        static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }

        var mark: String {
            switch self {
            case .none: "✓"
            case .low: "•"
            case .high: "✗"
            }
        }
    }

    var level: Level
    /// The subject, in a word or two.
    var subject: String
    /// The things that the command can see or do there.
    var finding: String
    /// The option that closes it.
    var remedy: String?

    static func closed(_ subject: String, _ finding: String) -> Exposure {
        Exposure(level: .none, subject: subject, finding: finding)
    }
}

extension [Exposure] {
    /// A table with a line for each, and the sum in words.
    var table: String {
        let width = map(\.subject.count).max() ?? 0
        var text = ""
        for exposure in self {
            let gap = String(repeating: " ", count: width - exposure.subject.count)
            text += "\(exposure.level.mark) \(exposure.subject)\(gap)  \(exposure.finding)\n"
            if exposure.level > .none, let remedy = exposure.remedy {
                text += String(repeating: " ", count: width + 4) + "fixed by \(remedy)\n"
            }
        }
        let high = filter { $0.level == .high }.count
        let low = filter { $0.level == .low }.count
        let words = high > 0 ? "EXPOSED" : low > 4 ? "MEDIUM" : "OK"
        return text + "\nOverall exposure: \(words) (\(high) high, \(low) low)\n"
    }
}
