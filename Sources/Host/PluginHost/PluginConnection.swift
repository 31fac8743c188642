import Execution
import Glibc
import JSON
import PluginWire
import Support
import System

/// The process of a plugin and the three pipes to it: lines in, lines out, and the tail of what it writes elsewhere.
///
/// Nothing here blocks for longer than it is told to, and nothing grows with what the plugin writes.
final class PluginConnection {
    /// The next event.
    enum Event {
        /// One line without its line feed.
        case line([UInt8])
        /// More bytes than a message may have came without a line feed; these are the first of them.
        case tooLong([UInt8])
        /// The process ended, and everything that it wrote has been read.
        case ended(ExitStatus)
        /// The process closed its standard output and goes on.
        case closed
        /// The user gave up.
        case cancelled
        /// Nothing came in time.
        case timeout
    }

    private var child: ChildProcess
    private var input: Descriptor?
    private var output: Descriptor?
    private var errors: Descriptor?

    private let messageSize: Int
    private var unsent: [UInt8] = []
    private var sent = 0
    private var received: [UInt8] = []
    private var scanned = 0
    private var errorLines = LineSplitter()
    private var tail = Tail(limit: 20)
    private let onErrorLine: (String) -> Void

    init(
        _ plan: ChildProcess.Plan,
        messageSize: Int,
        onErrorLine: @escaping (String) -> Void
    ) throws(SystemCallError) {
        self.messageSize = messageSize
        self.onErrorLine = onErrorLine
        // A plugin that is gone must not take the host with it when the host writes to it.
        signal(SIGPIPE, SIG_IGN)
        var plan = plan
        var childInput: Descriptor?
        var childOutput: Descriptor?
        var childErrors: Descriptor?
        try Descriptor.pipe().split(&childInput, &input)
        try Descriptor.pipe().split(&output, &childOutput)
        try Descriptor.pipe().split(&errors, &childErrors)
        plan.descriptors = [childInput?.number ?? 0, childOutput?.number ?? 1, childErrors?.number ?? 2]
        child = try ChildProcess(plan)
        input?.setNonBlocking()
        output?.setNonBlocking()
        errors?.setNonBlocking()
        // The child's ends close here, when the child has its own copies.
        childInput = nil
        childOutput = nil
        childErrors = nil
    }

    /// The last lines that the plugin wrote to standard error.
    var errorTail: [String] { tail.lines }

    /// Bytes that were queued and that the plugin has not read.
    var unread: Int { unsent.count - sent }

    /// Queues a line; it is written while `next` waits.
    func send(_ line: some Collection<UInt8>) {
        unsent += line
        unsent.append(UInt8(ascii: "\n"))
        writeSome()
    }

    /// Waits for the next line or for something that ends the conversation.
    func next(until deadline: ContinuousClock.Instant, cancellation: Cancellation? = nil) -> Event {
        while true {
            if let event = takeLine() { return event }
            let ended = child.hasEnded
            writeSome()
            readErrors()
            switch readOutput() {
            case .some: continue
            case .closed where !ended: return waitForEnd()
            case .none where !ended: break
            default: return end()
            }
            if cancellation?.isCancelled == true { return .cancelled }
            let now = ContinuousClock.now
            if now >= deadline { return .timeout }
            poll(for: deadline - now, cancellation: cancellation)
        }
    }

    /// Closes the plugin's input and waits for its end; nil when it had to be killed.
    func close(within limit: Duration) -> ExitStatus? {
        let deadline = ContinuousClock.now + limit
        while sent < unsent.count, ContinuousClock.now < deadline, !child.hasEnded {
            writeSome()
            discardOutput()
            poll(for: .milliseconds(20), cancellation: nil)
        }
        input = nil
        while !child.hasEnded {
            let now = ContinuousClock.now
            if now >= deadline {
                kill()
                return nil
            }
            discardOutput()
            readErrors()
            poll(for: deadline - now, cancellation: nil)
        }
        readErrors()
        return child.wait()
    }

    /// Ends the process and its group at once.
    func kill() {
        child.send(SIGKILL)
        _ = child.wait()
        input = nil
    }

    // MARK: - Reading

    private func takeLine() -> Event? {
        if let end = received[scanned...].firstIndex(of: UInt8(ascii: "\n")), end < messageSize {
            let line = Array(received[..<end])
            received.removeSubrange(...end)
            scanned = 0
            return .line(line)
        }
        scanned = received.count
        return scanned >= messageSize ? .tooLong(Array(received.prefix(200))) : nil
    }

    private enum Progress {
        case some
        case none
        case closed
    }

    private func readOutput() -> Progress {
        guard let descriptor = output?.number else { return .closed }
        let before = received.count
        let count = readChunk(descriptor) { received += $0 }
        guard let count else { return .none }
        if count == 0 { output = nil }
        return received.count > before ? .some : .closed
    }

    private func discardOutput() {
        guard let descriptor = output?.number else { return }
        if readChunk(descriptor, { _ in }) == 0 { output = nil }
    }

    private func readErrors() {
        guard let descriptor = errors?.number else { return }
        let count = readChunk(descriptor) { bytes in
            for line in errorLines.split(bytes) {
                let line = Excerpt.text(line)
                tail.append(line)
                onErrorLine(line)
            }
        }
        if count == 0 { errors = nil }
    }

    /// Bytes read, 0 at the end, nil when there are none now.
    private func readChunk(_ descriptor: CInt, _ take: ([UInt8]) -> Void) -> Int? {
        var reason: CInt = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
            let got = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            if got < 0 { reason = errno }
            count = max(0, got)
        }
        if !bytes.isEmpty { take(bytes) }
        return reason == EAGAIN || reason == EINTR ? nil : bytes.count
    }

    // MARK: - Ending

    /// The output is closed: usually because the process is about to end.
    private func waitForEnd() -> Event {
        var entry = pollfd(fd: child.pidfd, events: Int16(POLLIN), revents: 0)
        _ = Glibc.poll(&entry, 1, 500)
        return child.hasEnded ? end() : .closed
    }

    private func end() -> Event {
        readErrors()
        if let line = errorLines.finish() { tail.append(Excerpt.text(line)) }
        return .ended(child.wait())
    }

    // MARK: - Writing and waiting

    private func writeSome() {
        guard let descriptor = input?.number else { return }
        while sent < unsent.count {
            let count = unsent.withUnsafeBytes { bytes in
                Glibc.write(descriptor, bytes.baseAddress?.advanced(by: sent), bytes.count - sent)
            }
            if count > 0 {
                sent += count
            } else if errno == EAGAIN {
                return
            } else if errno != EINTR {
                // The plugin does not read any more; that it ended is noticed where its output is read.
                input = nil
                break
            }
        }
        unsent.removeAll(keepingCapacity: unsent.count < 1 << 16)
        sent = 0
    }

    private func poll(for limit: Duration, cancellation: Cancellation?) {
        let milliseconds = min(limit / .milliseconds(1), 60_000).rounded(.up)
        let wantsToWrite = sent < unsent.count
        var entries = [
            pollfd(fd: child.pidfd, events: Int16(POLLIN), revents: 0),
            pollfd(fd: output?.number ?? -1, events: Int16(POLLIN), revents: 0),
            pollfd(fd: errors?.number ?? -1, events: Int16(POLLIN), revents: 0),
            pollfd(fd: wantsToWrite ? input?.number ?? -1 : -1, events: Int16(POLLOUT), revents: 0),
            pollfd(fd: cancellation?.descriptor ?? -1, events: Int16(POLLIN), revents: 0),
        ]
        _ = Glibc.poll(&entries, nfds_t(entries.count), CInt(milliseconds))
    }
}
