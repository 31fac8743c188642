internal import FetchWire
internal import FoundationEssentials
internal import Glibc
internal import PluginWire

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
        guard !isBroken, var line = try? JSONText.encode(event) else { return }
        line.append(UInt8(ascii: "\n"))
        let bytes = [UInt8](line)
        var offset = 0
        while offset < bytes.count {
            let written = bytes.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress?.advanced(by: offset), bytes.count - offset)
            }
            if written < 0 {
                if errno == EINTR { continue }
                isBroken = true
                return
            }
            offset += written
        }
    }
}
