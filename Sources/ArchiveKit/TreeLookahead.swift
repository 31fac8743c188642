internal import CFiles
internal import Glibc
internal import System

/// Looks at the entries of a tree in a thread of its own, in the order and ahead of the one that reads them.
///
/// To find a name in an overlay of many layers takes longer than to read a small file: the kernel looks in each layer, and
/// remembers what it has found. What cannot be looked at is left to the reader, which says so.
final class TreeLookahead: Sendable {
    private let isEnded = Monitor(false)
    private let worker: WorkerThread?

    init(_ root: String) {
        let isEnded = isEnded
        worker = try? WorkerThread {
            guard let top = try? Descriptor.open(root, O_RDONLY | O_DIRECTORY) else { return }
            Self.visit(top.number, isEnded, depth: 0)
        }
    }

    /// Ends the walk, wherever it is.
    func end() {
        isEnded.withLock { $0 = true }
        worker?.join()
    }

    private static func visit(_ directory: Int32, _ isEnded: Monitor<Bool>, depth: Int) {
        if depth > TreeDepth.limit || isEnded.withLock({ $0 }) { return }
        for name in (try? DirectoryReader.names(in: directory)) ?? [] {
            guard FileStatus(at: name, in: directory)?.kind == .directory else { continue }
            let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK
            let number = name.withCString { mkosi_file_openat(directory, $0, flags, 0) }
            if number < 0 { continue }
            let inner = Descriptor(owning: number)
            visit(inner.number, isEnded, depth: depth + 1)
        }
    }
}
