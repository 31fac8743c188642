/// The purpose of packages of an image; the second word of an entry of the lock file.
enum PackagePurpose: String, Sendable, CaseIterable {
    /// The distribution and `Packages=`.
    case packages
    /// `BuildPackages=`, for build scripts alone.
    case build
    /// `VolatilePackages=`.
    case volatile
}
