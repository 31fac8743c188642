public import Support

extension LayerStore {
    /// A layer that is not what it was when it was made.
    public struct Damage: Sendable {
        public var key: LayerKey
        public var step: String
        public var reason: String
    }

    /// Compares every layer with the digest in its record.
    ///
    /// `digest` walks a layer's tree as `TreeManifest` does; it runs where files of other users can be read.
    public func verify(digest: (String) throws(Failure) -> String) throws(Failure) -> [Damage] {
        var damages: [Damage] = []
        for name in try names() {
            guard let key = LayerKey(name) else { continue }
            guard let layer = take(key) else {
                damages.append(Damage(key: key, step: "", reason: "it has no readable record"))
                continue
            }
            let record = layer.record
            if LayerInputs(values: record.inputs).key != key {
                damages.append(Damage(key: key, step: record.step, reason: "its inputs do not have its key"))
            } else if try digest(layer.tree) != record.digest {
                damages.append(Damage(key: key, step: record.step, reason: "its tree was changed"))
            }
        }
        return damages
    }
}
