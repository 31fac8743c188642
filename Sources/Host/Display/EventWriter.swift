import ByteKeys
import Glibc
import JSON
import PluginWire
import Support
public import System

/// Writes events to a descriptor: one JSON object a line.
///
/// A thread of its own writes, so that a reader that is slow or stuck never stalls the build: events wait in a queue. When it
/// is full, progress and output are dropped first; the reader then gets an event `dropped` with their number. When the
/// descriptor is closed, nothing more is written, and the build continues.
public final class EventWriter: EventConsumer {
    private let descriptor: CInt
    private let queue = Monitor(Queue())
    /// Nil where there is no room for another thread: then nothing is written.
    private let thread: WorkerThread?

    private struct Queue: Sendable {
        var lines: [[UInt8]] = []
        /// Bytes in `lines`.
        var size = 0
        var dropped = 0
        var isClosed = false
        /// True if the descriptor cannot be written to any more.
        var isBroken = false
        /// True if all lines are written.
        var isIdle = true
        /// Bytes written so far.
        var written = 0
        /// The times at which the progress of each task was last queued.
        var lastProgress: [Int: ContinuousClock.Instant] = [:]

        mutating func append(_ line: [UInt8]) {
            lines.append(line)
            size += line.count
        }
    }

    /// Bytes in the queue from which on progress and output are dropped, and everything.
    private static let (softLimit, hardLimit) = (1 << 20, 16 << 20)
    /// A reader that takes nothing for so many milliseconds after the last event does not get the rest.
    private static let patience = 2000

    /// Takes the descriptor over: no child of the program inherits it.
    ///
    /// - Parameters:
    ///   - descriptor: Open for writing.
    ///   - onFailure: Called once, with the reason, when the descriptor cannot be written to.
    public init(descriptor: CInt, onFailure: @escaping @Sendable (SystemCallError) -> Void) {
        self.descriptor = descriptor
        let flags = fcntl(descriptor, F_GETFD)
        if descriptor > 2, flags >= 0 { _ = fcntl(descriptor, F_SETFD, flags | FD_CLOEXEC) }
        thread = try? WorkerThread { [queue] in Self.run(queue, descriptor, onFailure) }
    }

    public var wantsDigests: Bool { true }

    public func consume(_ event: BuildEvent) {
        if let task = event.progressOfTask, !isDue(task, event) { return }
        if case .taskFinished(let id, _, _, _) = event.content {
            queue.withLock { $0.lastProgress[id] = nil }
        }
        guard let line = Self.line(event.json) else { return }
        queue.withLock { queue in
            guard !queue.isBroken, !queue.isClosed else { return }
            let limit = event.isExpendable ? Self.softLimit : Self.hardLimit
            guard queue.size + line.count <= limit else {
                queue.dropped += 1
                return
            }
            if queue.dropped > 0, let note = Self.line(BuildEvent.dropped(queue.dropped)) {
                queue.append(note)
                queue.dropped = 0
            }
            queue.append(line)
        }
    }

    /// Ten times a second is as often as a reader wants to know how far a task is, and at its end.
    private func isDue(_ task: (id: Int, isNeeded: Bool), _ event: BuildEvent) -> Bool {
        queue.withLock { queue in
            let now = ContinuousClock.now
            if !task.isNeeded, let last = queue.lastProgress[task.id], last.duration(to: now) < .milliseconds(100) {
                return false
            }
            queue.lastProgress[task.id] = now
            return true
        }
    }

    /// Waits until everything is written, or the reader takes nothing any more.
    public func finish() {
        queue.withLock { queue in
            if queue.dropped > 0, !queue.isBroken, let note = Self.line(BuildEvent.dropped(queue.dropped)) {
                queue.append(note)
            }
            queue.isClosed = true
        }
        guard thread != nil else { return }
        var written = -1
        var idle = 0
        while idle < Self.patience {
            let (isDone, now) = queue.withLock { ($0.isBroken || $0.lines.isEmpty && $0.isIdle, $0.written) }
            if isDone { return }
            idle = now == written ? idle + 5 : 0
            written = now
            usleep(5000)
        }
    }

    private static func line(_ json: JSON) -> [UInt8]? {
        try? JSONLines.line(json)
    }

    // MARK: - The thread

    private static func run(
        _ queue: Monitor<Queue>,
        _ descriptor: CInt,
        _ onFailure: @Sendable (SystemCallError) -> Void
    ) {
        while true {
            let lines: [[UInt8]]? = queue.wait { queue in
                if queue.lines.isEmpty { return queue.isClosed ? .some(nil) : nil }
                defer { (queue.lines, queue.size, queue.isIdle) = ([], 0, false) }
                return queue.lines
            }
            guard let lines else { return }
            for line in lines {
                if let error = write(line, to: descriptor, queue) {
                    queue.withLock { $0.isBroken = true }
                    onFailure(error)
                    return
                }
            }
            queue.withLock { $0.isIdle = true }
        }
    }

    private static func write(_ line: [UInt8], to descriptor: CInt, _ queue: Monitor<Queue>) -> SystemCallError? {
        var rest = line[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            let reason = errno
            if count >= 0 {
                rest = rest.dropFirst(count)
                queue.withLock { $0.written += count }
            } else if reason == EAGAIN {
                // The caller's end may be nonblocking.
                var wanted = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = poll(&wanted, 1, -1)
            } else if reason != EINTR {
                return SystemCallError("write", "descriptor \(descriptor)", errno: reason)
            }
        }
        return nil
    }
}

extension BuildEvent {
    /// The task that the event reports the progress of, and whether it must not be left out.
    fileprivate var progressOfTask: (id: Int, isNeeded: Bool)? {
        switch content {
        case .taskProgress(let id, let progress):
            (id, progress.isNewPart || progress.done != nil && progress.done == progress.total)
        case .download(let id, let download): (id, download.bytes >= download.total)
        default: nil
        }
    }

    /// True if a reader that is too slow may miss the event.
    fileprivate var isExpendable: Bool {
        switch content {
        case .taskProgress, .download, .scriptOutput, .commandOutput, .message(.debug, _): true
        default: false
        }
    }

    /// The JSON of an event that says how many were dropped.
    fileprivate static func dropped(_ count: Int) -> JSON {
        .object([
            "version": .integer(version), "kind": "dropped", "count": .integer(count),
            "time": .integer(BuildEvent(.scriptOutput("")).time),
        ])
    }
}
