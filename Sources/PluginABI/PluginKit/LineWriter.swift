import FoundationEssentials
import PluginWire
import System

/// Writes messages to a descriptor, each as one whole line, from any thread.
final class LineWriter: Sendable {
    private let descriptor: Monitor<Int32>

    init(descriptor: Int32) {
        self.descriptor = Monitor(descriptor)
    }

    /// Writes a message; one that cannot be written is lost, since the host is then gone.
    func write(_ message: Message) {
        guard var line = try? message.line() else { return }
        line.append(UInt8(ascii: "\n"))
        descriptor.withLock { [line] in try? writeAll($0, line) }
    }
}
