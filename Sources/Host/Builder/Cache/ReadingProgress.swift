import Display
import Support

/// The line that shows how far the reading of a tree is, where that takes long.
final class ReadingProgress {
    private let path: String
    private let display: EventReporter?
    private var step: Step?
    private var done = 0
    private var shown = 0
    private let begun = ContinuousClock.now

    /// Less is read at once.
    private static let patience = Duration.seconds(1)
    private static let interval = 16 << 20

    init(path: String, display: EventReporter?) {
        self.path = path
        self.display = display
    }

    func add(_ bytes: Int) {
        done += bytes
        guard done - shown >= Self.interval else { return }
        shown = done
        if step == nil, begun.duration(to: .now) > Self.patience { step = display?.begin("Reading \(path)", "read") }
        step?.progress(done: done, total: nil, unit: "bytes")
    }

    func end() { step?.finish() }
}
