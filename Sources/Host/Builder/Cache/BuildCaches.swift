import ByteKeys
public import Configuration
public import Support

/// What earlier builds have kept for later ones, for those who do not want to build upon it.
public enum BuildCaches {
    /// Removes downloaded packages with what is known of them, once for each directory that the images use.
    public static func removePackages(
        of images: [ImageConfiguration],
        variables: [String: String],
        installation: Installation
    ) throws(Failure) {
        for cache in ByteSet(images.map { $0.packageCacheDirectory(environment: variables) }).sorted() {
            for name in ["packages", "metadata"] {
                try TreeDisposal.remove(Paths.join(cache, name), installation: installation)
            }
        }
    }

    /// Empties the images' parts of the build directory.
    public static func wipeBuildDirectories(
        of images: [ImageConfiguration],
        installation: Installation
    ) throws(Failure) {
        for directory in ByteSet(images.compactMap(\.buildDirectory)).sorted() {
            for name in (try? Files.list(directory)) ?? [] {
                try TreeDisposal.remove(Paths.join(directory, name), installation: installation)
            }
        }
    }
}
