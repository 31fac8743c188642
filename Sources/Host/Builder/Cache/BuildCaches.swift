import ByteKeys
public import Configuration
public import Support
import System

/// What earlier builds have kept for later ones, for those who do not want to build upon it.
public enum BuildCaches {
    /// The directories with downloaded packages, and with what is known of them, of all caches that the images use.
    ///
    /// Not among them is a cache in the user's own files that only a file of the project names; see `ForeignDirectory`.
    public static func packages(of images: [ImageConfiguration], variables: [String: String]) -> [String] {
        let own = images.filter { image in
            let cache = image.packageCacheDirectory(environment: variables)
            return ForeignDirectory.isFree(cache, of: .packageCacheDirectory, in: image, variables: variables)
        }
        let caches = ByteSet(own.map { $0.packageCacheDirectory(environment: variables) }).sorted()
        return caches.flatMap { cache in ["packages", "metadata"].map { Paths.join(cache, $0) } }
    }

    /// Empties the images' parts of the build directory.
    public static func wipeBuildDirectories(
        of images: [ImageConfiguration],
        variables: [String: String],
        installation: Installation
    ) throws(Failure) {
        for image in images { try ForeignDirectory.prepareBuild(image, variables) }
        for directory in ByteSet(images.compactMap(\.buildDirectory)).sorted() {
            for name in (try? Files.list(directory)) ?? [] {
                try TreeDisposal.remove(Paths.join(directory, name), installation: installation)
            }
        }
    }
}
