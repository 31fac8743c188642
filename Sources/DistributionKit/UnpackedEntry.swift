public import ArchiveKit
public import System

/// An entry of a package, and where it goes.
public struct UnpackedEntry<Package: UnpackingPackage> {
    public var archived: ArchiveEntry
    /// The path as the package has it.
    public var name: BytePath
    /// The path in the tree: after diversions and links into `/usr`.
    public var path: BytePath
    public var package: Package
}
