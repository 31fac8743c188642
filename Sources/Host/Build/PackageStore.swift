import Display
import FetchWire
import PluginWire
import Support

/// Downloaded packages, by digest: `DIRECTORY/packages/SHA256/FILE`.
///
/// Two repositories may have different files of the same name, and one file may be in many: the digest decides.
struct PackageStore: Sendable {
    var directory: String

    private func folder(of package: ABI.V1.Package) -> String { "\(directory)/packages/\(package.sha256)" }

    /// Those that are not there, or not as a whole.
    func missing(_ packages: [ABI.V1.Package]) -> [ABI.V1.Package] {
        packages.filter { Files.size(of: "\(folder(of: $0))/\($0.fileName)") != $0.size }
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
            let folder = folder(of: package)
            do throws(SystemCallError) {
                try Files.makeDirectories(folder)
            } catch {
                throw Failure(
                    .system,
                    "Cannot make a folder for packages",
                    hint: "Choose another folder with PackageCacheDirectory=",
                    cause: error
                )
            }
            let path = "\(folder)/\(package.fileName)"
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

    /// More bytes than any package has, and few enough that sums of them stay numbers.
    private static let largest = 1 << 40
    private static let most = 200_000

    /// Refuses an answer that leads outside of the store, could not be verified, or makes no sense.
    static func check(_ packages: [ABI.V1.Package]) throws(Failure) {
        guard packages.count <= most else {
            throw Failure(.plugin, "The plugin resolved \(packages.count) packages, more than \(most)")
        }
        for package in packages { try check(package) }
    }

    private static func check(_ package: ABI.V1.Package) throws(Failure) {
        guard (0...largest).contains(package.size) else {
            throw Failure(
                .plugin,
                "The plugin resolved \(printable(package.name)) with a size of \(package.size) bytes"
            )
        }
        guard (0...largest).contains(package.installedSize ?? 0) else {
            throw Failure(
                .plugin,
                "The plugin resolved \(printable(package.name)) with an installed size of "
                    + "\(package.installedSize ?? 0) bytes"
            )
        }
        let isDigest =
            package.sha256.utf8.count == 64
            && package.sha256.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
        guard isDigest else {
            throw Failure(.plugin, "The plugin resolved \(package.name) without a SHA-256 digest")
        }
        let name = package.fileName
        guard !name.isEmpty, !name.contains("/"), name != ".", name != ".." else {
            throw Failure(.plugin, "The plugin resolved \(package.name) to the file name \"\(printable(name))\"")
        }
        guard !package.urls.isEmpty else {
            throw Failure(.plugin, "The plugin resolved \(package.name) without a URL")
        }
    }
}
