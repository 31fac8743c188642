import Glibc
public import Support
import System

extension LayerStore {
    /// A layer that is not what it was when it was made.
    public struct Damage: Sendable {
        public var key: LayerKey
        public var step: String
        public var reason: String
    }

    /// The number of layers that are read at once, and kept from removal meanwhile.
    private static let batch = 64

    private final class Held {
        let layer: HeldLayer
        init(_ layer: consuming HeldLayer) { self.layer = layer }
    }

    /// Compares every layer with the digest in its record.
    ///
    /// `digests` walks the trees of layers as `TreeManifest` does; it runs where files of other users can be read, and
    /// for many trees at once, because to get there takes longer than to read a small one.
    public func verify(digests: ([String]) throws(Failure) -> [String]) throws(Failure) -> [Damage] {
        var damages: [Damage] = []
        var held: [Held] = []
        for name in try names() {
            guard let key = LayerKey(name) else { continue }
            guard let layer = look(at: key) else {
                // One that has just been removed is none.
                if !Files.isDirectory("\(directory)/\(name)") { continue }
                damages.append(Damage(key: key, step: "", reason: "it has no readable record"))
                continue
            }
            if LayerInputs(values: layer.record.inputs).key == key {
                held.append(Held(layer))
            } else {
                damages.append(Damage(key: key, step: layer.record.step, reason: "its inputs do not match its key"))
            }
            if held.count < Self.batch { continue }
            damages += try compare(held, digests)
            held = []
        }
        if !held.isEmpty { damages += try compare(held, digests) }
        return damages
    }

    /// Those of these layers whose tree is not what it was when they were made, or what scripts left besides it.
    ///
    /// Without reading a file where nothing was touched; else `digests` decides, as for `verify`. What scripts left has no
    /// digest in the store: a layer of which any of that was touched is made again.
    public func changed(
        _ layers: [LayerRecord.Place],
        ahead: StampsAhead?,
        digests: ([String]) throws(Failure) -> [String]
    ) throws(Failure) -> [LayerKey] {
        let states = parallelMap(layers, jobs: sysconf(Int32(_SC_NPROCESSORS_ONLN))) { layer in
            func stamp(_ path: String) -> String? { ahead.map { $0.of(path) } ?? TreeStamp.of(path) }
            let isShared = stamp(layer.shared) == layer.record.sharedStamp
            return (isShared, isShared && layer.record.stamp != nil && stamp(layer.tree) == layer.record.stamp)
        }
        var changed = zip(layers, states).filter { !$1.0 }.map(\.0.key)
        let touched = zip(layers, states).filter { $1.0 && !$1.1 }.map(\.0)
        if touched.isEmpty { return changed }
        let found = try digests(touched.map(\.tree))
        changed += zip(touched, found).compactMap { layer, digest in
            guard layer.record.digest == digest else { return layer.key }
            // What a backup has restored, for example: from now on it is known as it is.
            var record = layer.record
            let directory = Paths.parent(layer.tree) ?? ""
            record.stamp = TreeStamp.ofFinished(layer.tree, in: directory)
            try? Self.write(record, in: directory)
            return nil
        }
        return changed
    }

    public func stampsAhead(_ keys: [LayerKey]) -> StampsAhead? {
        StampsAhead(keys.map { "\(directory)/\($0.text)" })
    }

    private func compare(
        _ held: [Held],
        _ digests: ([String]) throws(Failure) -> [String]
    ) throws(Failure) -> [Damage] {
        zip(held, try digests(held.map { $0.layer.tree })).compactMap { held, digest in
            let record = held.layer.record
            if digest == record.digest { return nil }
            return Damage(key: held.layer.key, step: record.step, reason: "its tree was modified")
        }
    }
}
