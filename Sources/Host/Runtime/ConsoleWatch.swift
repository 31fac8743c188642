/// The output that the console of a machine has to show before the machine is ended.
public struct ConsoleWatch: Sendable {
    /// The event that ends the machine.
    public enum Goal: Sendable, Equatable {
        /// A unit of systemd that has started, or a target that is reached.
        case unit(String)
        /// Any text in one line.
        case text(String)

        /// A word with the ending of a unit is one.
        public init(_ text: String) {
            let endings = ["service", "target", "socket", "mount", "timer", "path", "swap", "device", "automount"]
            let isUnit = !text.contains { $0.isWhitespace } && endings.contains { text.hasSuffix(".\($0)") }
            self = isUnit ? .unit(text) : .text(text)
        }
    }

    /// One thing that was waited for, and what came of it.
    public struct Check: Sendable, Equatable {
        public var name: String
        /// Nil for what has been seen.
        public var failure: String?
    }

    private let goal: Goal?
    private let expected: [String]
    private var seen = 0
    private var hasGoal = false
    private var failedUnit: String?
    private var line: [UInt8] = []
    /// Bytes of the line in which expected texts were seen.
    private var taken = 0
    private var escape = Escape.none

    private enum Escape {
        case none
        case start
        case sequence
        case text
    }

    /// A line is cut there: a console may write without ever ending one.
    private static let lineLimit = 1 << 16

    /// - Parameters:
    ///   - goal: What ends the machine; nil if only the lines do.
    ///   - expected: Texts that lines have to contain, in this order.
    public init(goal: Goal?, expected: [String]) {
        self.goal = goal
        self.expected = expected
    }

    /// True if nothing is waited for any more.
    public var isSatisfied: Bool { (goal == nil || hasGoal) && seen == expected.count }

    /// True if the machine need not run any longer.
    public var isDecided: Bool { isSatisfied || failedUnit != nil }

    /// Reads what the console has written.
    ///
    /// Lines are examined before they end, too: a prompt has no end.
    public mutating func read(_ bytes: some Sequence<UInt8>) {
        for byte in bytes { take(byte) }
        examine()
    }

    /// Drops the sequences that colour text and move the cursor (ECMA-48).
    private mutating func take(_ byte: UInt8) {
        switch (escape, byte) {
        case (.none, 0x1b): escape = .start
        case (.none, 0x0a), (.none, 0x0d):
            examine()
            (line, taken) = ([], 0)
        case (.none, _):
            if line.count == Self.lineLimit { (line, taken) = ([], 0) }
            if byte >= 0x20 { line.append(byte) }
        case (.start, UInt8(ascii: "[")): escape = .sequence
        case (.start, UInt8(ascii: "]")): escape = .text
        case (.start, _): escape = .none
        case (.sequence, 0x40...0x7e), (.text, 0x07), (.text, 0x5c): escape = .none
        case (.sequence, _), (.text, _): break
        }
    }

    private mutating func examine() {
        guard !line.isEmpty else { return }
        let text = String(decoding: line, as: UTF8.self)
        var rest = String(decoding: line.dropFirst(taken), as: UTF8.self)[...]
        while seen < expected.count, let range = rest.firstRange(of: expected[seen]) {
            rest = rest[range.upperBound...]
            seen += 1
            // The same part of a line is not seen twice, but the goal may be in all of it. Bytes that are no text are
            // longer as text, so that a part of them at most is read again.
            taken = max(taken, line.count - rest.utf8.count)
        }
        switch goal {
        case .text(let wanted): if text.contains(wanted) { hasGoal = true }
        case .unit(let unit):
            if Self.says(text, ["Started", "Finished", "Reached target", "Mounted", "Listening on"], unit) {
                hasGoal = true
            } else if Self.says(text, ["Failed to start", "Failed to mount", "Dependency failed for"], unit) {
                failedUnit = unit
            }
        case nil: break
        }
    }

    /// Returns true for a line such as `[  OK  ] Started ssh.service - OpenBSD Secure Shell server`.
    private static func says(_ text: String, _ verbs: [String], _ unit: String) -> Bool {
        verbs.contains { verb in
            guard let range = text.firstRange(of: "\(verb) \(unit)") else { return false }
            let next = text[range.upperBound...].first
            return next == nil || next == " " || next == "."
        }
    }

    /// Everything that was waited for, with what came of it.
    public var checks: [Check] {
        var checks: [Check] = []
        switch goal {
        case .unit(let unit):
            let failure = failedUnit == nil ? "\(unit) was not reached" : "\(unit) has failed"
            checks.append(Check(name: "reached \(unit)", failure: hasGoal ? nil : failure))
        case .text(let text):
            let failure = "the console did not show it"
            checks.append(Check(name: "showed \(text)", failure: hasGoal ? nil : failure))
        case nil: break
        }
        for (index, text) in expected.enumerated() {
            let failure = index == seen ? "the console did not show it" : "a line before it is missing"
            checks.append(Check(name: "showed \(text)", failure: index < seen ? nil : failure))
        }
        return checks
    }
}
