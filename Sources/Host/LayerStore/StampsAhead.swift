import ByteKeys
import System

/// The current stamps of layers, computed while a build waits for something else.
///
/// Walking a tree of ten thousand files takes tens of milliseconds; while packages are resolved, a processor is idle.
public final class StampsAhead: Sendable {
    private struct State {
        var stamps: ByteDictionary<String> = [:]
        var isComplete = false
    }

    private let state = Monitor(State())

    /// Starts to read the trees of layers in these directories; those that are not there are ignored.
    init(_ layers: [String]) {
        let state = state
        let worker = try? WorkerThread {
            for path in layers.flatMap({ ["\($0)/tree", "\($0)/shared"] }) {
                guard let stamp = TreeStamp.of(path) else { continue }
                state.withLock { $0.stamps[path] = stamp }
            }
            state.withLock { $0.isComplete = true }
        }
        if worker == nil { state.withLock { $0.isComplete = true } }
    }

    /// The stamp of a directory; nil if it cannot be read.
    func of(_ path: String) -> String? {
        state.wait { $0.isComplete ? .some($0.stamps[path]) : nil } ?? TreeStamp.of(path)
    }
}
