import Glibc
import Support
import System

/// The poll loop around one running command: feeds its input, reads its output, and ends it on cancellation.
struct CommandSupervisor: ~Copyable {
    private let command: Command
    private var child: ChildProcess
    private var inputWriter: Descriptor?
    private var outputReader: Descriptor?
    private var errorReader: Descriptor?

    private var unsent: ArraySlice<UInt8>
    private let relay: InputRelay?
    /// The end that the command reads, by which is seen what it has left.
    private var inputReader: Descriptor?
    private var captured: [UInt8] = []
    private var dropped = 0
    private var outputLines = LineSplitter()
    private var errorLines = LineSplitter()
    private var tail = Tail(limit: 20)

    init(_ command: Command) throws(SystemCallError) {
        self.command = command
        unsent = command.input[...]
        var plan = ChildProcess.Plan(
            path: command.path,
            arguments: command.arguments,
            environment: command.environment,
            descriptors: []
        )
        plan.workingDirectory = command.workingDirectory

        // The child's ends live until the end of this scope, that is until the child has its own copies.
        var childInput: Descriptor?
        var childOutput: Descriptor?
        var childErrors: Descriptor?
        relay = command.sharesInput ? InputRelay() : nil
        let isDirect = command.sharesInput && InputRelay.isDirect
        if isDirect {
            inputWriter = nil
        } else if command.input.isEmpty, relay == nil {
            childInput = try Descriptor.open("/dev/null", O_RDONLY)
            inputWriter = nil
        } else {
            try Descriptor.pipe().split(&childInput, &inputWriter)
        }
        try Descriptor.pipe().split(&outputReader, &childOutput)
        try Descriptor.pipe().split(&errorReader, &childErrors)
        plan.descriptors =
            [
                childInput?.number ?? STDIN_FILENO, command.outputDescriptor ?? childOutput?.number ?? 1,
                childErrors?.number ?? 2,
            ]
            + command.extraDescriptors
        child = try ChildProcess(plan)
        if relay != nil { inputReader = childInput.take() }
        inputWriter?.setNonBlocking()
        outputReader?.setNonBlocking()
        errorReader?.setNonBlocking()
        if childInput == nil || childOutput == nil || childErrors == nil { return }
    }

    /// The reason why a command was stopped before its end.
    enum Stop {
        case cancelled
        case time
        case output
    }

    /// The data that a command can have left in its pipes when it ends, in reads; more comes from a child of its own.
    private static let lastReads = 64

    /// Runs to the end, or until there is a reason to stop.
    mutating func run(
        cancellation: Cancellation?,
        onLine: (String) -> Void
    ) -> (result: Command.Result, stop: Stop?) {
        let start = ContinuousClock.now
        var stop: (reason: Stop, patience: ContinuousClock.Instant)?
        var readsSinceEnd = 0
        while true {
            let ended = child.hasEnded
            sendInput()
            let gotOutput = readOutput(onLine)
            let more = readErrors(onLine) || gotOutput
            // A grandchild may hold the pipes open, or even fill them, long after the command itself has ended.
            if ended { readsSinceEnd += 1 }
            if ended, !more || readsSinceEnd > Self.lastReads { break }
            if let stop {
                if stop.patience < .now { child.send(SIGKILL) }
            } else if let reason = reasonToStop(since: start, cancellation) {
                stop = (reason, .now + .seconds(5))
                child.send(SIGTERM)
            }
            if !more { waitForEvent(cancellation: stop == nil ? cancellation : nil, isStopping: stop != nil) }
        }
        relay?.takeBack(unsent: unsent.count, reader: inputReader?.number)
        if let line = outputLines.finish() { pass(line, onLine) }
        if let line = errorLines.finish() { pass(line, onLine) }
        let status = child.wait()
        let result = Command.Result(status: status, output: captured, dropped: dropped, tail: tail.lines)
        return (result, stop?.reason ?? (command.endsAtCaptureLimit && dropped > 0 ? .output : nil))
    }

    private func reasonToStop(since start: ContinuousClock.Instant, _ cancellation: Cancellation?) -> Stop? {
        if cancellation?.isCancelled == true { return .cancelled }
        if let limit = command.timeLimit, start.duration(to: .now) > limit { return .time }
        return command.endsAtCaptureLimit && dropped > 0 ? .output : nil
    }

    /// Sleeps until something happens; with a command that is to end, and for one with a time limit, not for long.
    private mutating func waitForEvent(cancellation: Cancellation?, isStopping: Bool) {
        var entries = [
            pollfd(fd: child.pidfd, events: Int16(POLLIN), revents: 0),
            pollfd(fd: cancellation?.descriptor ?? -1, events: Int16(POLLIN), revents: 0),
            pollfd(fd: unsent.isEmpty ? -1 : inputWriter?.number ?? -1, events: Int16(POLLOUT), revents: 0),
            pollfd(fd: outputReader?.number ?? -1, events: Int16(POLLIN), revents: 0),
            pollfd(fd: errorReader?.number ?? -1, events: Int16(POLLIN), revents: 0),
            pollfd(fd: awaitedInput, events: Int16(POLLIN), revents: 0),
        ]
        let isPatient = !isStopping && command.timeLimit == nil
        _ = poll(&entries, nfds_t(entries.count), isPatient ? -1 : 200)
        if entries[5].revents != 0, let relay {
            unsent = (relay.read() ?? [])[...]
            if unsent.isEmpty { inputWriter = nil }
        }
    }

    /// Nothing more is read while the command has not taken what was read before.
    private var awaitedInput: CInt {
        guard let relay, inputWriter != nil, unsent.isEmpty else { return -1 }
        return relay.awaited
    }

    private mutating func sendInput() {
        guard let writer = inputWriter?.number else { return }
        while !unsent.isEmpty {
            let sent = unsent.withUnsafeBytes { Glibc.write(writer, $0.baseAddress, $0.count) }
            if sent >= 0 {
                unsent = unsent.dropFirst(sent)
            } else if errno == EAGAIN || errno == EINTR {
                return
            } else {
                // EPIPE: the command does not want the rest; its exit status says whether that is an error.
                inputWriter = nil
                return
            }
        }
        // Of what a person types there may always be more.
        if relay == nil { inputWriter = nil }
    }

    private mutating func readOutput(_ onLine: (String) -> Void) -> Bool {
        guard let reader = outputReader?.number else { return false }
        switch readChunk(reader) {
        case .nothing: return false
        case .end:
            outputReader = nil
            return false
        case .bytes(let bytes):
            guard let limit = command.captureLimit else {
                for line in outputLines.split(bytes) { pass(line, onLine) }
                return true
            }
            let room = max(0, limit - captured.count)
            captured += bytes.prefix(room)
            dropped += max(0, bytes.count - room)
            return true
        }
    }

    private mutating func readErrors(_ onLine: (String) -> Void) -> Bool {
        guard let reader = errorReader?.number else { return false }
        switch readChunk(reader) {
        case .nothing: return false
        case .end:
            errorReader = nil
            return false
        case .bytes(let bytes):
            for line in errorLines.split(bytes) { pass(line, onLine) }
            return true
        }
    }

    private mutating func pass(_ line: String, _ onLine: (String) -> Void) {
        tail.append(line)
        onLine(line)
    }

    private enum Chunk {
        case nothing
        case end
        case bytes([UInt8])
    }

    private func readChunk(_ reader: CInt) -> Chunk {
        var reason: CInt = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: 65536) { buffer, count in
            let got = Glibc.read(reader, buffer.baseAddress, buffer.count)
            if got < 0 { reason = errno }
            count = max(0, got)
        }
        if !bytes.isEmpty { return .bytes(bytes) }
        return reason == EAGAIN || reason == EINTR ? .nothing : .end
    }
}
