internal import CFiles
internal import FetchWire

/// Measures progress and reports it, just often enough for a display.
struct Meter {
    private var writer: EventWriter
    private let total: Int
    private let items: Int
    private var done = 0
    private var cached = 0
    private var fetched = 0
    private(set) var failed = 0
    /// Bytes of transfers that ended.
    var received = 0
    /// Bytes of transfers that have not.
    var underway = 0
    private let start = Meter.now()
    private var lastProgress = -1.0
    /// Bytes received at points of the last seconds.
    private var samples: [(time: Double, bytes: Int)] = []

    private static let interval = 0.1
    /// Seconds over which the rate is taken.
    private static let window = 3.0

    init(_ writer: EventWriter, items: [FetchItem]) {
        self.writer = writer
        self.items = items.count
        total = items.reduce(0) { $0 &+ max($1.size ?? 0, 0) }
    }

    /// A Boolean value indicating whether the events have no reader any more.
    var isAbandoned: Bool { writer.isBroken }

    private static let origin = ContinuousClock.now

    /// Seconds of a clock that is never set back.
    static func now() -> Double {
        origin.duration(to: .now) / .seconds(1)
    }

    mutating func report(_ item: FetchEvent.Item) {
        done += 1
        switch item.state {
        case .cached: cached += 1
        case .fetched: fetched += 1
        case .failed: failed += 1
        }
        writer.write(.item(item))
    }

    mutating func warn(_ task: FetchTask, _ message: String) {
        writer.write(.warning(FetchEvent.Warning(id: task.item.id, message: message)))
    }

    /// Says how far things are, when it was not said just now.
    mutating func showProgress(of tasks: [FetchTask], isLast: Bool = false) {
        let now = Meter.now()
        guard isLast || now - lastProgress >= Self.interval else { return }
        lastProgress = now
        samples.append((now, received + underway))
        samples.removeAll { $0.time < now - Self.window }
        var rate = 0
        if let first = samples.first, now > first.time {
            rate = Int(Double(max(received + underway - first.bytes, 0)) / (now - first.time))
        }
        writer.write(
            .progress(
                FetchEvent.Progress(
                    bytes: tasks.reduce(0) { $0 + $1.bytes },
                    total: total,
                    rate: rate,
                    itemsDone: done,
                    items: items
                )
            )
        )
    }

    mutating func end(_ tasks: [FetchTask]) {
        showProgress(of: tasks, isLast: true)
        let seconds = ((Meter.now() - start) * 1000).rounded() / 1000
        writer.write(
            .end(FetchEvent.End(cached: cached, fetched: fetched, failed: failed, bytes: received, seconds: seconds))
        )
    }
}
