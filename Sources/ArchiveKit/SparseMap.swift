internal import Glibc

/// The parts of a file that hold something else than zeros.
///
/// It comes from the content, not from the holes that the file happens to have: those differ between file systems
/// and after a copy, and an archive of the same tree must have the same bytes everywhere. A file is sparse when it has
/// runs of at least 64 KiB of zeros that add up to 1 MiB.
enum SparseMap {
    private static let shortestRun = 64 << 10
    private static let worthwhile = 1 << 20
    /// Zeros are looked for in whole blocks.
    private static let block = 4096

    /// The regions with content, or nil when the file is to be stored in one piece.
    static func regions(of descriptor: Int32, size: Int, name: String) throws(ImageError) -> [Range<Int>]? {
        guard size >= worthwhile else { return nil }
        var runs: [Range<Int>] = []
        var runStart: Int?
        let memory = Buffer()
        let buffer = memory.bytes
        var offset = 0
        func endRun(at end: Int) {
            if let start = runStart, end - start >= shortestRun { runs.append(start..<end) }
            runStart = nil
        }
        while offset < size {
            let got = retrying { pread(descriptor, buffer.baseAddress, buffer.count, off_t(offset)) }
            if got < 0 { throw ImageError(.input, cannot: "read", name) }
            if got == 0 { break }
            for start in stride(from: 0, to: got, by: block) {
                let bytes = UnsafeRawBufferPointer(rebasing: buffer[start..<min(start + block, got)])
                if isZero(bytes) {
                    if runStart == nil { runStart = offset + start }
                } else {
                    endRun(at: offset + start)
                }
            }
            offset += got
        }
        endRun(at: offset)
        guard runs.reduce(0, { $0 + $1.count }) >= worthwhile else { return nil }
        return gaps(between: runs, size: size)
    }

    private static func isZero(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let start = bytes.baseAddress, let first = bytes.first, first == 0 else { return false }
        // Every byte equals the one after it, and the first is zero.
        return memcmp(start, start + 1, bytes.count - 1) == 0
    }

    private static func gaps(between runs: [Range<Int>], size: Int) -> [Range<Int>] {
        var regions: [Range<Int>] = []
        var position = 0
        for run in runs {
            if run.lowerBound > position { regions.append(position..<run.lowerBound) }
            position = run.upperBound
        }
        // A region at the end, empty if need be, marks the length of the file for readers.
        regions.append(position..<size)
        return regions
    }
}
