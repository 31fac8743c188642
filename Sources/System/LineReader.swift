import Glibc

/// Reads lines of a limited length from a descriptor, and waits for them.
public struct LineReader {
    public enum Line: Sendable, Equatable {
        case text([UInt8])
        /// A line longer than the limit; it was read to its end and dropped.
        case tooLong
        case end
    }

    private let descriptor: CInt
    private let limit: Int
    private var buffer = LineBuffer()

    /// - Parameters:
    ///   - descriptor: The caller's, who closes it.
    ///   - limit: The longest line, in bytes with its line feed.
    public init(descriptor: CInt, limit: Int) {
        self.descriptor = descriptor
        self.limit = limit
    }

    /// The next line without its line feed; a last line without one is dropped, it was cut off.
    public mutating func next() -> Line {
        var isTooLong = false
        while true {
            if let line = buffer.next() { return isTooLong || line.count >= limit ? .tooLong : .text(line) }
            if buffer.count >= limit { isTooLong = true }
            if isTooLong { _ = buffer.takeRest() }
            let count = buffer.append(1 << 16) { bytes in
                while true {
                    let count = read(descriptor, bytes.baseAddress, bytes.count)
                    if count >= 0 || errno != EINTR { return count }
                }
            }
            if count <= 0 { return .end }
        }
    }
}
