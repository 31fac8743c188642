import ByteKeys
import Configuration
import LayerStore
import Support

/// Layers are what they were when they were made: asked once a build, of those that something is built upon.
extension LayerCache {
    /// Returns true if an artifact is what it was when it was made.
    func isUnchanged(_ artifact: LayerRecord.Place) throws(Failure) -> Bool {
        if checked.contains(artifact.key) { return true }
        let changed = try store.changed([artifact], ahead: nil) { trees throws(Failure) in
            try LayerSealing(installation: environment.installation).digests(trees)
        }
        if changed.isEmpty { checked.insert(artifact.key) }
        return changed.isEmpty
    }

    /// Starts to read what the layers of the last build are, of which this one will use some.
    func checkAhead() {
        if isFresh || ahead != nil { return }
        ahead = store.stampsAhead(memory.layers.values.compactMap { LayerKey($0.key) }.filter { !checked.contains($0) })
    }

    /// Removes layers of a tree, or with shared directories, that were changed since, and throws `.changed` if there are any.
    ///
    /// A build of which nothing has changed mounts no layer, and so asks nothing.
    func checkUnchanged(_ tree: LayeredTree?, _ shared: some Sequence<SharedContent>) throws(Failure) {
        let layers = unchecked(
            in: ByteSet(tree.map { $0.lower + [$0.upper] } ?? []),
            sharing: shared.filter { !$0.isEmpty }.map(\.path)
        )
        if layers.isEmpty { return }
        let changed = try store.changed(layers, ahead: ahead) { trees throws(Failure) in
            try LayerSealing(installation: environment.installation).digests(trees)
        }
        for layer in layers { checked.insert(layer.key) }
        guard let first = layers.first(where: { changed.contains($0.key) }) else { return }
        release(changed)
        try store.remove(changed, with: dispose)
        throw Failure(
            .changed,
            "The layer \"\(first.record.step)\" of the image \(image.name) was modified after it was created",
            hint: "It was removed; build again"
        )
    }
}
