public import Configuration
public import Support

/// What earlier builds have kept for later ones, for those who do not want to build upon it.
public enum BuildCaches {
    /// Removes downloaded packages with what is known of them, once for each directory that the images use.
    ///
    /// Nothing is removed from a cache outside the project that only a file of the project names.
    public static func removePackages(
        of images: [ImageConfiguration],
        variables: [String: String],
        installation: Installation
    ) throws(Failure) {
        let own = images.filter { image in
            let cache = image.packageCacheDirectory(environment: variables)
            return ForeignDirectory(cache, of: .packageCacheDirectory, in: image, variables: variables) == nil
        }
        for cache in Set(own.map { $0.packageCacheDirectory(environment: variables) }).sorted() {
            for name in ["packages", "metadata"] {
                try TreeDisposal.remove(Paths.join(cache, name), installation: installation)
            }
        }
    }

    /// Empties the images' parts of the build directory.
    public static func wipeBuildDirectories(
        of images: [ImageConfiguration],
        variables: [String: String],
        installation: Installation
    ) throws(Failure) {
        for image in images { try ForeignDirectory.prepareBuild(image, variables) }
        for directory in Set(images.compactMap(\.buildDirectory)).sorted() {
            for name in (try? Files.list(directory)) ?? [] {
                try TreeDisposal.remove(Paths.join(directory, name), installation: installation)
            }
        }
    }
}
