import Display
import FetchWire
import LockFile
import PluginWire
import Support

/// Downloaded packages, by digest: `DIRECTORY/packages/SHA256/FILE`.
///
/// Two repositories may have different files of the same name, and one file may be in many: the digest decides.
struct PackageStore: Sendable {
    var directory: String

    /// The directory of a package and the path in it: only a package that was checked has them.
    private func place(of package: ABI.V1.Package) throws(Failure) -> (directory: String, path: String) {
        let name = try Self.check(package)
        let directory = "\(directory)/packages/\(package.sha256)"
        return (directory, name.path(in: directory))
    }

    /// Those that are not there, or not as a whole.
    func missing(_ packages: [ABI.V1.Package]) throws(Failure) -> [ABI.V1.Package] {
        var missing: [ABI.V1.Package] = []
        for package in packages where Files.size(of: try place(of: package).path) != package.size {
            missing.append(package)
        }
        return missing
    }

    /// The packages with their place in the store, made sure to be there and to be what their index says.
    func fetch(
        _ packages: [ABI.V1.Package],
        with fetcher: Fetcher,
        step: Step?
    ) throws(Failure) -> (packages: [ABI.V1.Package], outcome: Fetcher.Outcome) {
        var items: [FetchItem] = []
        var placed = packages
        for (index, package) in packages.enumerated() {
            let (folder, path) = try place(of: package)
            do throws(SystemCallError) {
                try Files.makeDirectories(folder)
            } catch {
                throw Failure(
                    .system,
                    "Cannot make a directory for packages",
                    hint: "Choose another directory with PackageCacheDirectory=",
                    cause: error
                )
            }
            placed[index].path = path
            items.append(
                FetchItem(
                    id: package.fileName,
                    urls: package.urls,
                    path: path,
                    size: package.size,
                    sha256: package.sha256
                )
            )
        }
        return (placed, try fetcher.fetch(items, step: step))
    }

    /// Refuses an answer that leads outside of the store, could not be verified, or makes no sense.
    static func check(_ packages: [ABI.V1.Package]) throws(Failure) {
        guard packages.count <= PackageLimits.packages else {
            throw Failure(
                .plugin,
                "The plugin resolved \(packages.count) packages, more than \(PackageLimits.packages)"
            )
        }
        for package in packages { _ = try check(package) }
    }

    /// The name of the package's file, if everything else is in order, too.
    private static func check(_ package: ABI.V1.Package) throws(Failure) -> FileName {
        func refusal(_ what: String) -> Failure {
            Failure(.plugin, "The plugin resolved \(printable(package.name)) \(what)")
        }
        let sizes = PackageLimits.sizes
        guard sizes.contains(package.size) else { throw refusal("with a size of \(package.size) bytes") }
        guard sizes.contains(package.installedSize ?? 0) else {
            throw refusal("with an installed size of \(package.installedSize ?? 0) bytes")
        }
        guard DigestText(package.sha256) != nil else { throw refusal("without a SHA-256 digest") }
        guard let name = FileName(package.fileName) else {
            throw refusal("to the file name \"\(printable(package.fileName))\"")
        }
        guard !package.urls.isEmpty else { throw refusal("without a URL") }
        return name
    }
}
