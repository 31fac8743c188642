import ByteKeys
import PluginHost
import PluginWire
import Support

/// The packages that earlier builds of an image have chosen, and what was derived from the indexes of repositories.
protocol PackageMemory: AnyObject {
    /// The plugin of the distribution: part of every key of packages.
    var distributionPlugin: InstalledPlugin? { get set }
    /// The directory that layers of packages are kept in.
    var directory: String { get }

    /// The packages that the last build chose for the same request; `base` has those that are in the tree already.
    func chosen(_ request: PackageRequest, above base: [ABI.V1.Package]) throws(Failure) -> [ABI.V1.Package]?
    /// The packages that the last build chose, if the request only adds packages to its request.
    func chosenForLess(_ request: PackageRequest, above base: [ABI.V1.Package]) throws(Failure) -> [ABI.V1.Package]?
    /// A name that identifies the request.
    func question(_ request: PackageRequest, above base: [ABI.V1.Package]) throws(Failure) -> String
    /// Keeps the packages that were chosen.
    func remember(
        _ packages: [ABI.V1.Package],
        for request: PackageRequest,
        above base: [ABI.V1.Package]
    ) throws(Failure)
    /// Starts reading layers that the build will use while packages are chosen.
    func checkAhead()
    /// The directory for what a package manager derives from its metadata; nil where nothing is kept.
    func derivedDirectory(
        _ packageManager: PackageManagerInputs,
        variables: ByteDictionary<String>
    ) throws(Failure) -> String?
}
