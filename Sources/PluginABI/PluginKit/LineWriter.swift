import FoundationEssentials
import Glibc
import PluginWire

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
        descriptor.change { descriptor in
            line.withUnsafeBytes { bytes in
                var rest = bytes[...]
                while let base = UnsafeRawBufferPointer(rebasing: rest).baseAddress, !rest.isEmpty {
                    let count = Glibc.write(descriptor, base, rest.count)
                    if count > 0 {
                        rest = rest.dropFirst(count)
                    } else if errno != EINTR {
                        return
                    }
                }
            }
        }
    }
}
