/// The properties of a package by which `Claims` decides who keeps a file that two packages ship.
public protocol ClaimingPackage: Sendable {
    var name: String { get }
    /// The file of the package on the host, for errors.
    var filePath: String { get }

    /// Returns whether this package takes over the files of another one.
    func replaces(_ other: Self) -> Bool

    /// Returns whether both packages may ship the same file, because it is the same.
    func sharesFiles(with other: Self) -> Bool
}
