import ByteKeys
public import Configuration
import LayerStore
public import Support
import System

/// The results of an image's last build in the layer store, for a build from nothing that is compared with it.
public enum ProofSeed {
    /// Makes a build choose the packages that another one of the same image has chosen, in another store.
    public static func copyChoices(
        from first: ImageConfiguration,
        to second: ImageConfiguration,
        variables: [String: String]
    ) throws(Failure) {
        let source = LayerStoreLocation.path(for: first, variables: variables)
        guard Files.isDirectory(source) else { return }
        var memory = ImageMemory.read(ImageMemory.path(for: first, in: try LayerStore(directory: source)))
        if memory.choices.isEmpty { return }
        memory.layers = [:]
        memory.outputs = nil
        memory.failed = nil
        // From nothing, and so at once.
        for purpose in memory.choices.keys { memory.choices[purpose]?.parts = nil }
        let target = try LayerStore(directory: LayerStoreLocation.path(for: second, variables: variables))
        try memory.write(to: ImageMemory.path(for: second, in: target))
    }

    /// Visits the layers that the last build of an image used, step by step.
    public static func visitLayers(
        of image: ImageConfiguration,
        variables: [String: String],
        _ visit: (_ step: String, _ result: ObservedDirectory) throws(Failure) -> Void
    ) throws(Failure) {
        let directory = LayerStoreLocation.path(for: image, variables: variables)
        guard Files.isDirectory(directory) else { return }
        let store = try LayerStore(directory: directory)
        let memory = ImageMemory.read(ImageMemory.path(for: image, in: store))
        for step in BuildPlan(for: image, BuildPlan.Facts()).steps {
            for name in memory.layers.keys.sorted() where name == step.name || name.hasPrefix("\(step.name)+") {
                guard let key = memory.layers[name].flatMap({ LayerKey($0.key) }), let layer = store.take(key) else {
                    continue
                }
                try visit(name, ObservedDirectory(.tree, layer.tree, isPartOfImage: step.chain == .image))
                withExtendedLifetime(layer.key) {}
            }
        }
    }
}
