internal import FetchWire
internal import JSON
internal import PluginWire
internal import System

/// Writes events as JSON lines to a descriptor.
struct EventWriter {
    let descriptor: Int32
    /// A Boolean value indicating whether there is no reader any more.
    private(set) var isBroken = false

    init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// Writes one line, waiting while the reader is busy.
    mutating func write(_ event: FetchEvent) {
        guard !isBroken, let line = try? JSONLines.line(event) else { return }
        do throws(SystemCallError) {
            try writeAll(descriptor, line)
        } catch {
            isBroken = true
        }
    }
}
