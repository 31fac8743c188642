/// A package that `UnpackPass` writes.
public protocol UnpackingPackage: ClaimingPackage {
    /// The place in the order of installation, and in the list of all packages.
    var index: Int { get }
    /// The size of its file in bytes, for progress and for the order of work.
    var size: Int { get }
}
