import ByteKeys
import LayerStore
import PluginWire
import Support

/// Layers of scripts that have read less than they may.
extension LayerCache {
    /// A layer whose scripts would read now what they have read then, whatever else is different.
    func equivalentLayer(_ inputs: LayerInputs) throws(Failure) -> HeldLayer? {
        guard !isFresh, inputs.values.keys.contains(where: { $0.hasPrefix(CacheKeyBuilder.configured) }) else {
            return nil
        }
        for unread in [[ScriptUse.Unread.configuration, .sources], [.sources], [.configuration]] {
            for key in store.equivalentLayers(inputs.without(Set(unread)).key) {
                guard let held = store.take(key), let use = StepResult(held.record.result)?.use else { continue }
                let sources = use.sources ?? [:]
                if try reading.digests(ofSourceFiles: ByteSet(sources.keys)) == sources { return held }
            }
        }
        return nil
    }

    /// Returns the differences in the data that was read: single files of sources if those are known.
    func changes(since earlier: ImageMemory.Layer, _ inputs: LayerInputs) -> [LayerInputs.Change] {
        let changes = inputs.changes(since: LayerInputs(values: earlier.inputs))
        guard let use = earlier.use else { return changes }
        let sources = use.sources ?? [:]
        let now = (try? reading.digests(ofSourceFiles: ByteSet(sources.keys))) ?? [:]
        let files = sources.keys.sortedByBytes().compactMap { place -> LayerInputs.Change? in
            let change = LayerInputs.Change(
                name: "\(CacheKeyBuilder.source)\(place)",
                old: sources[place],
                new: now[place]
            )
            return change.isNone ? nil : change
        }
        return changes.filter { change in !use.unread.contains { $0.isMeant(by: change.name) } } + files
    }

    /// Makes a layer available by what its scripts have read.
    func remember(_ use: ScriptUse?, of key: LayerKey, _ inputs: LayerInputs) throws(Failure) {
        guard let use, !use.unread.isEmpty else { return }
        try store.add(key, equivalentTo: inputs.without(use.unread).key)
    }
}

extension LayerInputs {
    /// These without what scripts may read and have not read.
    func without(_ unread: Set<ScriptUse.Unread>) -> LayerInputs {
        var rest = LayerInputs(values: values.filter { name, _ in !unread.contains { $0.isMeant(by: name) } })
        rest.add("unread", unread.map(\.rawValue).sorted())
        return rest
    }
}

extension ScriptUse.Unread {
    /// Returns true if an input of this name is one of these.
    func isMeant(by name: String) -> Bool {
        switch self {
        case .configuration: name.hasPrefix(CacheKeyBuilder.configured)
        case .sources: name.hasPrefix(CacheKeyBuilder.source)
        }
    }
}
