import LayerStore
import Support
import Synchronization
import System

/// A layer store without files: what was published is there, and nothing else is.
final class MemoryStore: LayerKeeping {
    let directory: String
    private let state = Mutex(State())

    private struct State {
        var layers: [LayerKey: LayerRecord] = [:]
        var alike: [LayerKey: [LayerKey]] = [:]
        var unfinished: [String: LayerRecord] = [:]
        /// Keys that another build makes at the moment, as often as one waits for them.
        var busy: [LayerKey: Int] = [:]
    }

    init(directory: String) { self.directory = directory }

    var keys: Set<LayerKey> { state.withLock { Set($0.layers.keys) } }

    /// Makes the layer look as if another build made it, and was ready with it after so many looks.
    func occupy(_ key: LayerKey, looks: Int, then record: LayerRecord) {
        state.withLock { state in
            state.busy[key] = looks
            state.layers[key] = record
        }
    }

    private func path(_ key: LayerKey) -> String { "\(directory)/\(key.text)" }

    func take(_ key: LayerKey) -> HeldLayer? {
        let record = state.withLock { state in state.busy[key, default: 0] > 0 ? nil : state.layers[key] }
        return record.map { HeldLayer(key: key, path: path(key), record: $0) }
    }

    func contains(_ key: LayerKey) -> Bool { state.withLock { $0.layers[key] != nil } }
    func equivalentLayers(_ key: LayerKey) -> [LayerKey] { state.withLock { $0.alike[key] ?? [] }.filter(contains) }
    func add(_ layer: LayerKey, equivalentTo key: LayerKey) {
        state.withLock { $0.alike[key, default: []].append(layer) }
    }

    func makeOrWait(
        _ key: LayerKey,
        check: () throws(Failure) -> Void,
        patience: UInt32,
        onWait: () -> Void
    ) throws(Failure) -> LayerBeginning {
        var isTold = false
        while state.withLock({ $0.busy[key, default: 0] > 0 }) {
            if !isTold { onWait() }
            isTold = true
            try check()
            state.withLock { $0.busy[key, default: 1] -= 1 }
        }
        if let held = take(key) { return .made(held) }
        return .pending(PendingLayer(key: key, path: "\(path(key)).pending"))
    }

    func publish(
        _ pending: consuming PendingLayer,
        _ record: LayerRecord,
        as other: LayerKey?
    ) throws(Failure) -> HeldLayer {
        let key = other ?? pending.key
        state.withLock { $0.layers[key] = record }
        return HeldLayer(key: key, path: path(key), record: record)
    }

    func keepUnfinished(
        _ pending: consuming PendingLayer,
        _ record: LayerRecord,
        as name: String,
        remove: ([String]) throws(Failure) -> Void
    ) throws(Failure) -> String {
        state.withLock { $0.unfinished[name] = record }
        return "\(directory)/failed-\(name)"
    }

    func unfinished(_ name: String) -> (path: String, record: LayerRecord)? {
        state.withLock { $0.unfinished[name] }.map { ("\(directory)/failed-\(name)", $0) }
    }

    func removeUnfinished(_ name: String, with remove: ([String]) throws(Failure) -> Void) {
        state.withLock { $0.unfinished[name] = nil }
    }

    func remove(_ keys: [LayerKey], with remove: ([String]) throws(Failure) -> Void) {
        state.withLock { state in for key in keys { state.layers[key] = nil } }
    }

    func collect(limit: Int, remove: ([String]) throws(Failure) -> Void) -> [LayerKey] { [] }
    var hasLeftOvers: Bool { false }
    func changed(
        _ layers: [LayerRecord.Place],
        ahead: StampsAhead?,
        digests: ([String]) throws(Failure) -> [String]
    ) -> [LayerKey] { [] }
    func stampsAhead(_ keys: [LayerKey]) -> StampsAhead? { nil }
    func settle(_ paths: [String]) {}
}
