import FoundationEssentials
import Glibc

/// Reads lines of a limited length from a descriptor.
struct LineReader {
    enum Line {
        case text(Data)
        /// A line longer than the limit; it was read to its end and dropped.
        case tooLong
        case end
    }

    private let descriptor: Int32
    private let limit: Int
    private var buffer: [UInt8] = []
    private var start = 0
    private var chunk = [UInt8](repeating: 0, count: 1 << 16)

    init(descriptor: Int32, limit: Int) {
        self.descriptor = descriptor
        self.limit = limit
    }

    /// The next line without its line feed; a last line without one is dropped, it was cut off.
    mutating func next() -> Line {
        var scanned = start
        var dropping = false
        while true {
            if let end = buffer[scanned...].firstIndex(of: UInt8(ascii: "\n")) {
                let line = Data(buffer[start..<end])
                start = end + 1
                return dropping ? .tooLong : .text(line)
            }
            buffer.removeFirst(start)
            start = 0
            if buffer.count >= limit { dropping = true }
            if dropping { buffer.removeAll() }
            scanned = buffer.count
            guard fill() else { return .end }
        }
    }

    private mutating func fill() -> Bool {
        while true {
            let count = read(descriptor, &chunk, chunk.count)
            if count > 0 {
                buffer.append(contentsOf: chunk[..<count])
                return true
            }
            if count == 0 || errno != EINTR { return false }
        }
    }
}
