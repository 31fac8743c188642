/// A running task of a build, which people see as a line of its own.
public struct Step: Sendable {
    private let reporter: EventReporter
    private let id: Int
    private let start = ContinuousClock.now

    init(reporter: EventReporter, id: Int) {
        self.reporter = reporter
        self.id = id
    }

    /// Says what is being done right now.
    public func detail(_ text: String) {
        var progress = BuildEvent.TaskProgress()
        progress.detail = text
        reporter.send(.taskProgress(id: id, progress))
    }

    /// Says which part of the step begins, whose progress is not that of the one before.
    public func begin(part label: String) {
        var progress = BuildEvent.TaskProgress()
        progress.detail = label
        progress.isNewPart = true
        reporter.send(.taskProgress(id: id, progress))
    }

    /// Says how far the step is; `unit` is `bytes` or a plural such as `packages`.
    public func progress(done: Int, total: Int?, unit: String) {
        var progress = BuildEvent.TaskProgress()
        (progress.done, progress.total, progress.unit) = (done, total, unit)
        reporter.send(.taskProgress(id: id, progress))
    }

    /// Says how far the downloads of the step are.
    public func download(_ download: BuildEvent.Download) { reporter.send(.download(id: id, download)) }

    /// Ends the step; `note` says in a few words what came out of it.
    public func finish(_ note: String? = nil) { end(.success, note) }

    public func fail() { end(.failure, nil) }

    private func end(_ outcome: BuildEvent.Outcome, _ note: String?) {
        reporter.send(.taskFinished(id: id, outcome, duration: start.duration(to: .now), note: note))
    }

    /// The state of a running step.
    struct Snapshot: Sendable {
        let number: Int
        let title: String
        let start = ContinuousClock.now
        var detail: String?
        var done: Int?
        var total: Int?
        var unit = ""

        init(number: Int, title: String) {
            self.number = number
            self.title = title
        }

        var elapsed: Duration { start.duration(to: .now) }

        /// The line of a running step in at most `width` characters.
        ///
        /// What is too long loses the end of its words first, then the rate, the amounts and at last the clock.
        func progressLine(width: Int) -> String {
            let words = detail.map { "\(title)  \($0)" } ?? title
            let least = min(words.count, Self.leastWords)
            let end = endings.first { 2 + least + $0.count <= width } ?? ""
            return String("• \(words.prefix(max(0, width - 2 - end.count)))\(end)".prefix(width))
        }

        /// The number of characters of the words that are worth more than any amount.
        private static let leastWords = 12

        /// The possible endings of the words, from the most detailed.
        private var endings: [String] {
            let clock = "  \(Format.duration(elapsed))"
            guard let done else { return [clock] }
            let amount = "  " + Self.amount(done, unit)
            var endings = [amount + clock, clock]
            if let total {
                let all = amount + " of " + Self.amount(total, unit)
                let seconds = elapsed.seconds
                endings.insert(all + clock, at: 0)
                if unit == "bytes", seconds > 0.2 {
                    endings.insert(all + ", \(Self.amount(Int(Double(done) / seconds), unit))/s" + clock, at: 0)
                }
            }
            return endings
        }

        func summary(note: String?) -> String {
            let middle = note.map { ": \($0)" } ?? ""
            return "\(title)\(middle) (\(Format.duration(elapsed)))"
        }

        private static func amount(_ count: Int, _ unit: String) -> String {
            unit == "bytes" ? Format.bytes(count) : "\(count) \(unit)"
        }
    }
}

extension Duration {
    /// The length in seconds.
    public var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }
}

/// Numbers as people read them.
public enum Format {
    public static func bytes(_ count: Int) -> String {
        let units = ["B", "KiB", "MiB", "GiB", "TiB"]
        var value = Double(count)
        var index = 0
        while value >= 1024, index < units.count - 1 {
            value /= 1024
            index += 1
        }
        return index == 0 ? "\(count) B" : "\(oneDecimal(value)) \(units[index])"
    }

    public static func duration(_ duration: Duration) -> String {
        let seconds = duration.seconds
        if seconds < 60 { return "\(oneDecimal(seconds)) s" }
        let whole = Int(seconds)
        return whole < 3600
            ? "\(whole / 60) min \(whole % 60) s"
            : "\(whole / 3600) h \(whole % 3600 / 60) min"
    }

    private static func oneDecimal(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}
