import JSON
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
        guard let line = try? JSONLines.line(message) else { return }
        descriptor.withLock { try? writeAll($0, line) }
    }
}
