import Glibc
import JSON
public import PluginWire
import System

/// The channel from a tool in the sandbox to its plugin: JSON lines on a named pipe.
///
/// `ToolRun` makes the pipe and reads it.
public final class ToolChannel: Sendable {
    private let descriptor: Int32
    private let lastProgress = Monitor(0)

    /// Opens the pipe; call it before chroot(2), since the pipe is not visible from inside the tree.
    ///
    /// Without a path nothing is reported.
    public init(path: String?) throws(ErrorObject) {
        guard let path else {
            descriptor = -1
            return
        }
        do throws(SystemCallError) {
            descriptor = try Descriptor.open(path, O_WRONLY | O_APPEND).release()
        } catch {
            throw .system("open", path, number: error.errno)
        }
        signal(SIGPIPE, SIG_IGN)
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// A Boolean value indicating whether a report is too early: ten times a second are enough.
    public var isQuiet: Bool {
        guard descriptor >= 0 else { return true }
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        let tenths = now.tv_sec * 10 + now.tv_nsec / 100_000_000
        return lastProgress.withLock { last in
            if last == tenths { return true }
            last = tenths
            return false
        }
    }

    public func progress(_ label: String, done: Int? = nil, total: Int? = nil, unit: String? = nil) {
        send(ToolMessage<NoFinding>(progress: ABI.V1.Progress(label: label, done: done, total: total, unit: unit)))
    }

    /// Reports a command before it runs.
    public func command(_ arguments: [String]) {
        // The host cuts lines that are longer than this.
        for line in Self.lines(arguments, width: 450) {
            send(ToolMessage<NoFinding>(log: ABI.V1.Log(level: "debug", message: line)))
        }
    }

    /// A command in lines of at most `width` characters that a shell reads as one; only a long word is not broken.
    static func lines(_ arguments: [String], width: Int) -> [String] {
        var lines: [String] = []
        var current = "+"
        for word in arguments.map(ShellQuoting.word) {
            if current.count + word.count + 3 > width {
                lines.append(current + " \\")
                current = "   "
            }
            current += " " + word
        }
        return lines + [current]
    }

    public func warning(_ message: String) {
        send(ToolMessage<NoFinding>(log: ABI.V1.Log(level: "warning", message: message)))
    }

    public func information(_ message: String) {
        send(ToolMessage<NoFinding>(log: ABI.V1.Log(level: "info", message: message)))
    }

    /// Passes a result of the tool to `ToolRun`, which returns it.
    public func report(_ finding: some Codable & Sendable) {
        send(ToolMessage(finding: finding))
    }

    private func send(_ message: some Encodable) {
        guard descriptor >= 0, let line = try? JSONLines.line(message) else { return }
        // The plugin may be gone; the tool then ends with the sandbox.
        try? writeAll(descriptor, line)
    }

    /// Does the tool's work; an error is sent to the plugin before it is thrown.
    ///
    /// - Parameters:
    ///   - describe: Makes an error of the contract out of any other.
    ///   - body: The work.
    /// - Returns: What the work returns.
    /// - Throws: The described error.
    public func reportingFailure<Result>(
        describedBy describe: (any Error) -> ErrorObject = ErrorObject.describing,
        _ body: () throws -> Result
    ) throws -> Result {
        do {
            return try body()
        } catch {
            let described = describe(error)
            send(ToolMessage<NoFinding>(error: described))
            throw described
        }
    }
}
