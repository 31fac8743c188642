/// Collects bytes as they arrive and hands them out line by line.
public struct LineBuffer: Sendable {
    private var bytes: [UInt8] = []
    /// The part of `bytes` that was handed out, and the part that is known to hold no line feed.
    private var start = 0
    private var searched = 0

    public init() {}

    /// The number of bytes of a line that is not complete; right after `next` has returned nil.
    public var count: Int { bytes.count - start }

    /// Calls `fill` with room for `capacity` bytes, takes as many as it says, and returns what it said.
    public mutating func append(_ capacity: Int, _ fill: (UnsafeMutableRawBufferPointer) -> Int) -> Int {
        bytes.removeFirst(start)
        searched -= start
        start = 0
        var said = 0
        bytes += [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
            said = fill(UnsafeMutableRawBufferPointer(buffer))
            count = max(0, said)
        }
        return said
    }

    /// The next complete line without its line feed.
    public mutating func next() -> [UInt8]? {
        guard let end = bytes[searched...].firstIndex(of: UInt8(ascii: "\n")) else {
            searched = bytes.count
            return nil
        }
        let line = Array(bytes[start..<end])
        start = end + 1
        searched = start
        return line
    }

    /// Takes the first bytes of a line that is not complete.
    public mutating func takeFirst(_ count: Int) -> [UInt8] {
        let first = Array(bytes[start..<min(bytes.count, start + count)])
        start += first.count
        searched = max(searched, start)
        return first
    }

    /// Takes what has come after the last line feed.
    public mutating func takeRest() -> [UInt8] {
        let rest = Array(bytes[start...])
        self = LineBuffer()
        return rest
    }
}
