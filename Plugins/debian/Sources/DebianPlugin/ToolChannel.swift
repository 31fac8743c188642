import ArchiveKit
import CFiles
import FoundationEssentials
import Glibc
import PluginWire
import System

/// The way from the tool in the sandbox to the plugin: JSON lines on a named pipe.
final class ToolChannel: Sendable {
    private let descriptor: Int32
    private let lastProgress = Monitor(0)

    /// Opens the pipe before the program enters the tree, from where it cannot be seen.
    init(path: String?) throws(ErrorObject) {
        guard let path else {
            descriptor = -1
            return
        }
        descriptor = mkosi_file_open(path, O_WRONLY | O_APPEND, 0)
        if descriptor < 0 { throw SystemFile.failure("open", path) }
        signal(SIGPIPE, SIG_IGN)
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// A Boolean value indicating whether a report is too early: ten times a second are enough.
    var isQuiet: Bool {
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

    func progress(_ label: String, done: Int? = nil, total: Int? = nil, unit: String? = nil) {
        send(ToolMessage(progress: ABI.V1.Progress(label: label, done: done, total: total, unit: unit)))
    }

    /// Reports a command before it runs.
    func command(_ arguments: [String]) {
        // The host cuts lines that are longer than this.
        for line in Self.lines(arguments, width: 450) {
            send(ToolMessage(log: ABI.V1.Log(level: "debug", message: line)))
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

    func warning(_ message: String) {
        send(ToolMessage(log: ABI.V1.Log(level: "warning", message: message)))
    }

    func send(_ message: ToolMessage) {
        guard descriptor >= 0, var line = try? JSONText.encode(message) else { return }
        line.append(UInt8(ascii: "\n"))
        // The plugin may be gone; the tool then ends with the sandbox.
        try? writeAll(descriptor, line)
    }

    /// Runs the tool's work and sends its failure, as an error of the contract, before it is thrown on.
    func reportingFailure<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch {
            let described = Self.describe(error)
            send(ToolMessage(error: described))
            throw described
        }
    }

    static func describe(_ error: any Error) -> ErrorObject {
        switch error {
        case let error as ErrorObject:
            return error
        case let error as ImageError:
            let code: ErrorObject.Code = error.code == .damaged ? .untrusted : .internalError
            return ErrorObject(code: code, message: error.message, subject: error.path)
        default:
            return ErrorObject(code: .internalError, message: "\(error)")
        }
    }
}
