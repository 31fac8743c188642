import Glibc
public import Support

/// The values of `--progress=`: what standard error shows of a build.
public enum ProgressMode: String, CaseIterable, Sendable {
    /// Readable lines, redrawn if standard error is a terminal.
    case auto
    /// Readable lines that are never redrawn.
    case plain
    /// Events, one JSON object a line, on the descriptor of `--progress-fd=`, or else on standard error.
    case json
}

extension EventReporter {
    /// The reporter of a program.
    ///
    /// - Parameters:
    ///   - mode: What standard error shows.
    ///   - descriptor: Where events are written in addition; nil: nowhere, or with `json` to standard error in place
    ///   of lines
    ///     for people.
    ///   - isDebug: Whether debug messages and the output of commands are reported.
    /// - Returns: The reporter, whose consumers are there.
    /// - Throws: A usage error if the descriptor is not open for writing.
    public static func standard(
        _ mode: ProgressMode,
        descriptor: CInt? = nil,
        isDebug: Bool
    ) throws(Failure) -> EventReporter {
        let target = descriptor ?? (mode == .json ? STDERR_FILENO : nil)
        let display = target == STDERR_FILENO ? nil : Display.onStandardError(isPlain: mode == .plain || isDebug)
        guard let target else { return EventReporter([display].compactMap(\.self), isDebug: isDebug) }
        let flags = fcntl(target, F_GETFL)
        guard flags >= 0, flags & O_ACCMODE != O_RDONLY else {
            throw Failure(
                .usage,
                "--progress-fd=\(target) is not a descriptor open for writing",
                hint: target < 0 ? nil : "Open it in the shell: mkosi --progress-fd=\(target) \(target)>events.json"
            )
        }
        let writer = EventWriter(descriptor: target) { error in
            let text = "Cannot write events any more; the build continues without them: \(error)"
            display?.consume(BuildEvent(.message(.warning, text)))
        }
        let consumers: [(any EventConsumer)?] = [display, writer]
        return EventReporter(consumers.compactMap(\.self), isDebug: isDebug)
    }
}
