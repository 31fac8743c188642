import CFiles
import Glibc

/// The names in a directory in one piece of memory, in the order of the kernel: a walk of a whole tree that makes a value
/// of every name takes longer for these than for its system calls.
public struct DirectoryBlock: Sendable {
    private var bytes: [CChar] = []

    /// Reads an open directory from its current position to its end; it stays open.
    public init(readingFrom directory: CInt, _ subject: String? = nil) throws(SystemCallError) {
        let size = Int(MKOSI_DIRECTORY_BLOCK)
        while true {
            let start = bytes.count
            var count = 0
            bytes.reserveCapacity(start + size)
            bytes.append(
                contentsOf: [CChar](unsafeUninitializedCapacity: size) { buffer, filled in
                    count = buffer.baseAddress.map { mkosi_directory_entries(directory, $0) } ?? 0
                    filled = max(count, 0)
                }
            )
            if count == 0 { return }
            if count < 0 { throw SystemCallError("readdir", subject, errno: errno) }
        }
    }

    /// Calls `body` for every name but `.` and `..`, with the type that readdir(3) has, which may be `DT_UNKNOWN`.
    public func forEach<Problem: Error>(
        _ body: (_ name: UnsafePointer<CChar>, _ type: UInt8) throws(Problem) -> Void
    ) throws(Problem) {
        try bytes.withUnsafeBufferPointer { buffer throws(Problem) in
            guard var entry = buffer.baseAddress else { return }
            let end = entry + buffer.count
            while entry < end {
                let name = entry + 1
                try body(name, UInt8(bitPattern: entry[0]))
                entry = name + strlen(name) + 1
            }
        }
    }
}
