import ByteKeys
public import Configuration
import Display
import Glibc
public import Support
import System

/// The caches that earlier builds have left for later ones, for users who do not want to build upon them.
public enum BuildCaches {
    /// The directories with downloaded packages, with what is known of them, and with what is derived from that, of all caches
    /// that the images use.
    ///
    /// Not among them is a cache in the user's own files that only a file of the project names, which `keep` gets; see
    /// `ForeignDirectory`.
    public static func packages(
        of images: [ImageConfiguration],
        variables: [String: String],
        keep: (String) -> Void
    ) -> [String] {
        var own: ByteSet = []
        var foreign: ByteSet = []
        for image in images {
            let cache = image.packageCacheDirectory(environment: variables)
            if ForeignDirectory.isFree(cache, of: .packageCacheDirectory, in: image, variables: variables) {
                own.insert(cache)
            } else if directories(of: cache).contains(where: Files.exists) {
                foreign.insert(cache)
            }
        }
        for cache in foreign.sorted() { keep(cache) }
        let derived = images.filter {
            let store = LayerStoreLocation.path(for: $0, variables: variables)
            return ForeignDirectory.isFree(store, of: .cacheDirectory, in: $0, variables: variables)
        }.map { Paths.join(LayerStoreLocation.path(for: $0, variables: variables), "derived") }
        return own.sorted().flatMap(directories) + ByteSet(derived).sorted().filter { Files.kind(of: $0) == S_IFDIR }
    }

    private static func directories(of cache: String) -> [String] {
        ["packages", "metadata"].map { Paths.join(cache, $0) }
    }

    /// Says that downloads stay, and how they are removed.
    public static func warning(keeping cache: String, command: String) -> String {
        "Keeping the downloads in \(printable(cache)): a file of the project names it, and it has files of the user or the "
            + "system\n  hint: \(command) \(ForeignDirectory.option(settingName(.packageCacheDirectory), cache))"
    }

    /// Empties the images' parts of the build directory.
    public static func wipeBuildDirectories(
        of images: [ImageConfiguration],
        variables: [String: String],
        installation: Installation
    ) throws(Failure) {
        // Before anything is removed.
        for image in images { try ForeignDirectory.checkBuild(image, variables) }
        for directory in ByteSet(images.compactMap(\.buildDirectory)).sorted() {
            // Build scripts can replace the part that `BuildKey=` names by a link: what that leads to is not theirs.
            if Files.kind(of: directory) == S_IFLNK {
                try TreeDisposal.remove(directory, installation: installation)
                continue
            }
            for name in (try? Files.list(directory)) ?? [] {
                try TreeDisposal.remove(Paths.join(directory, name), installation: installation)
            }
        }
    }
}
