import Display
import FetchWire
import LockFile
import PluginWire
import Support
import System

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

    /// Brings the packages into the store, made sure to be what their index says.
    func fetch(_ packages: [ABI.V1.Package], with fetcher: Fetcher, step: Step?) throws(Failure) -> Fetcher.Outcome {
        try checkDownloads(packages, fetcher)
        return try fetcher.fetch(try items(for: packages), step: step)
    }

    /// The packages with a private copy each, made while it was checked.
    ///
    /// The store belongs to the user: between check and use another program of the user could put something else there.
    /// `target` is emptied first. All copies are in it, so that who opens them needs one directory and not one for
    /// each.
    func copy(
        _ packages: [ABI.V1.Package],
        to target: String,
        with fetcher: Fetcher,
        step: Step?
    ) throws(Failure) -> (packages: [ABI.V1.Package], outcome: Fetcher.Outcome) {
        try checkDownloads(packages, fetcher)
        var items = try items(for: packages)
        var placed = packages
        var taken: [FileName: Int] = [:]
        try TreeDisposal.remove(target, installation: fetcher.environment.installation)
        for (index, package) in packages.enumerated() {
            let name = try Self.check(package)
            // Two packages of one installation hardly ever have the same file name.
            let number = taken[name, default: 0]
            taken[name] = number + 1
            let directory = number == 0 ? target : "\(target)/\(number)"
            if index == 0 || number > 0 { try makeDirectory(directory) }
            items[index].copy = name.path(in: directory)
            placed[index].path = items[index].copy
        }
        return (placed, try fetcher.fetch(items, step: step))
    }

    /// Throws for a package that would have to be downloaded although nothing may be, whatever the plugin says of it.
    private func checkDownloads(_ packages: [ABI.V1.Package], _ fetcher: Fetcher) throws(Failure) {
        guard fetcher.isForbidden else { return }
        let isAtHand = { (url: String) in
            PackageManagement.isLocal(url) || "\(url)/".utf8.starts(with: "file://\(directory)/".utf8)
        }
        for package in try missing(packages) where !package.urls.contains(where: isAtHand) {
            throw Failure(
                .missing,
                "The package \(printable(package.name)) is not in the cache, and CacheOnly=always forbids downloads",
                hint: "Build once without CacheOnly=always"
            )
        }
    }

    private func items(for packages: [ABI.V1.Package]) throws(Failure) -> [FetchItem] {
        var items: [FetchItem] = []
        for package in packages {
            let (directory, path) = try place(of: package)
            try makeDirectory(directory)
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
        return items
    }

    private func makeDirectory(_ path: String) throws(Failure) {
        do throws(SystemCallError) {
            try Files.makeDirectories(path)
        } catch {
            throw Failure(
                .system,
                "Cannot create a directory for packages",
                hint: "Choose another directory with PackageCacheDirectory= or WorkspaceDirectory=",
                cause: error
            )
        }
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
