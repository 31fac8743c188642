/// Collects bytes and hands them out line by line.
struct LineBuffer {
    private let maximumSize: Int
    private var bytes: [UInt8] = []
    /// The part of `bytes` that was handed out, and the part that is known to hold no line feed.
    private var start = 0
    private var searched = 0

    init(maximumSize: Int) {
        self.maximumSize = maximumSize
    }

    /// Whether a line has begun that is longer than any may be.
    var isTooLong: Bool { bytes.count - start > maximumSize }

    /// Calls `fill` to write up to `capacity` bytes, appends as many as it returns, and returns that number.
    mutating func append(_ capacity: Int, _ fill: (UnsafeMutableRawBufferPointer) -> Int) -> Int {
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

    /// The next complete line without its line feed, empty lines left out.
    mutating func next() -> [UInt8]? {
        while let end = bytes[searched...].firstIndex(of: UInt8(ascii: "\n")) {
            let line = bytes[start..<end]
            start = end + 1
            searched = start
            if !line.isEmpty { return Array(line) }
        }
        searched = bytes.count
        return nil
    }
}
