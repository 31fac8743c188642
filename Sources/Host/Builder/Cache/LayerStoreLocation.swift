import ByteKeys
public import Configuration
import LayerStore
public import Support
import System

/// The directory in which an image's layers are kept.
public enum LayerStoreLocation {
    /// `CacheDirectory=` where it is set, else one directory for all projects of a user.
    public static func path(for image: ImageConfiguration, variables: [String: String]) -> String {
        image[.cacheDirectory].map { Paths.join($0, "layers") }
            ?? Paths.join(ImageConfiguration.userPackageCache(environment: variables), "layers")
    }

    /// Removes the layers that the last build of an image used, and what it has chosen.
    public static func forget(
        _ image: ImageConfiguration,
        variables: [String: String],
        installation: Installation
    ) throws(Failure) {
        let directory = path(for: image, variables: variables)
        guard Files.isDirectory(directory) else { return }
        let store = try LayerStore(directory: directory)
        let memory = ImageMemory.path(for: image, in: store)
        let keys = ImageMemory.read(memory).layers.values.compactMap { LayerKey($0.key) }
        try store.remove(keys) { paths throws(Failure) in
            for path in paths { try TreeDisposal.remove(path, installation: installation) }
        }
        Files.remove(memory)
    }

    /// The step with which the last build of an image failed, if what it left is kept.
    public static func failedStep(of image: ImageConfiguration, variables: [String: String]) -> String? {
        let directory = path(for: image, variables: variables)
        guard Files.isDirectory(directory), let store = try? LayerStore(directory: directory) else { return nil }
        let path = ImageMemory.path(for: image, in: store)
        guard let name = ImageMemory.read(path).failed, store.unfinished(Paths.name(path)) != nil else { return nil }
        return name
    }

    /// Returns true if the last build of an image has left its packages as a layer, and it is still there.
    static func hasLayers(of image: ImageConfiguration, variables: [String: String]) -> Bool {
        let directory = path(for: image, variables: variables)
        guard image[.incremental] != "no", Files.isDirectory(directory),
            let store = try? LayerStore(directory: directory)
        else { return false }
        let layers = ImageMemory.read(ImageMemory.path(for: image, in: store)).layers
        return layers[StepName.packages].flatMap { LayerKey($0.key) }.map(store.contains) ?? false
    }
}
