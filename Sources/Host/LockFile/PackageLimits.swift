/// The most of anything that packages have: far beyond what is real, and few enough that sums of them stay numbers.
public enum PackageLimits {
    /// Bytes of a package, of the files in it, or of anything else that is fetched.
    public static let sizes = 0...(1 << 40)
    /// Places in the order of installation.
    static let places = 0...(1 << 40)
    /// Packages of an image for one purpose.
    public static let packages = 200_000
}
